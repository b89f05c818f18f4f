import { type Dispatch, OrreryError } from "@orrery/sdk";
import type { Past, PastStep } from "./past.ts";

/** The topology asks for something else than it did: another version of it, or one that is not deterministic. */
export const diverged = (topology: string, what: string): OrreryError =>
  new OrreryError("TOPOLOGY_DIVERGED", `Topology "${topology}" no longer does what it did when this run began: ${what}.`, {
    todo: "Install the version of it that the run began with, or run the task again.",
  });

/** Settled steps of one attempt at the task, by the topology's own paths, in the order they settled. A repeated task's paths begin with its number. */
export function* settledUnder(past: Past, prefix: string): Generator<[path: string, step: PastStep]> {
  for (const path of past.order) {
    const step = past.steps.get(path);
    if (step && prefixOf(path) === prefix) yield [path.slice(prefix.length), step];
  }
}

const prefixOf = (path: string): string => /^t\d+\//.exec(path)?.[0] ?? "";

/** Throws TOPOLOGY_DIVERGED where a step is not the one it was. */
export function checkPath(topology: string, dispatch: Dispatch, past: PastStep, prefix: string): void {
  if (dispatch.agent !== past.agent) throw diverged(topology, `"${dispatch.path}" was ${past.agent}'s step and is now ${dispatch.agent}'s`);
  const inputs = dispatch.inputs.map((path) => prefix + path);
  if (past.attempts.length > 0 && inputs.join("\n") !== past.inputs.join("\n"))
    throw diverged(topology, `"${dispatch.path}" saw ${past.inputs.join(", ") || "nothing"} and would now see ${inputs.join(", ") || "nothing"}`);
}

/** Throws TOPOLOGY_DIVERGED where a step was begun that nobody asks for any more. */
export function checkAsked(topology: string, asked: ReadonlyMap<string, unknown>, past: Past, prefix: string): void {
  for (const path of past.steps.keys())
    if (prefixOf(path) === prefix && !asked.has(path.slice(prefix.length)))
      throw diverged(topology, `its journal has the step "${path}", and it did not ask for it`);
}
