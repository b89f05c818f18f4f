import type { AgentSpec, Json } from "@orrery/sdk";
import type { Answer } from "./answer.ts";
import { jsonIn } from "./json-in.ts";

/** Whom work can be given to. */
export type Worker = { id: string; role: string; skill: string };
export const workerOf = ({ id, role, skill }: AgentSpec): Worker => ({ id, role, skill });

/** One part of the work and its one owner. `given`: agents whose earlier results it is handed. */
export type Assignment = { worker: string; subtask: string; given: string[] };
/** Who does what, and what is wrong with it in words for the one who wrote it. */
export interface Assignments {
  entries: Assignment[];
  problems: string[];
}
type Fields = { readonly [name: string]: Json | undefined };

const wrappers = ["plan", "subtasks", "assignments", "messages", "tasks"];
const text = (value: Json | undefined): string | undefined => (typeof value === "string" && value.trim() !== "" ? value.trim() : undefined);
const first = (fields: Fields, names: readonly string[]): string | undefined => names.map((name) => text(fields[name])).find((found) => found !== undefined);
const names = (value: Json | undefined): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === "string") : []);
const isObject = (value: Json | undefined): value is Fields & Json => value !== null && typeof value === "object" && !Array.isArray(value);

/** A list of `{worker, subtask}`, under the names that models give these; undefined for one that is something else. */
function fromList(list: readonly Json[]): Assignment[] | undefined {
  const entries = list.map((item): Assignment | undefined => {
    if (!isObject(item)) return undefined;
    const worker = first(item, ["worker", "agent", "to", "owner"]);
    const subtask = first(item, ["subtask", "task", "message", "instruction"]);
    return worker === undefined || subtask === undefined ? undefined : { worker, subtask, given: names(item["given"]) };
  });
  return entries.every((entry) => entry !== undefined) ? entries : undefined;
}

/** `{subtask: worker}`, or `{worker: subtask}` where the names are those of workers. */
function fromRecord(record: Fields, workers: readonly string[]): Assignment[] | undefined {
  const pairs = Object.entries(record).map(([key, value]) => [key.trim(), text(value)] as const);
  if (pairs.length === 0 || pairs.some(([key, value]) => key === "" || value === undefined)) return undefined;
  const known = (side: 0 | 1): number => pairs.filter((pair) => workers.includes(pair[side] ?? "")).length;
  const byWorker = known(0) > known(1);
  const name = (pair: readonly [string, string | undefined]): string => (byWorker ? pair[0] : (pair[1] ?? ""));
  if (!pairs.every((pair) => /^\S{1,64}$/.test(name(pair)))) return undefined;
  return pairs.map(([key, value = ""]) => (byWorker ? { worker: key, subtask: value, given: [] } : { worker: value, subtask: key, given: [] }));
}

/** Steps that name a skill, as an engine that plans gives them: each goes to the next worker who has it. Skills nobody has are left out. */
function fromSkills(steps: Json | undefined, workers: readonly Worker[]): Assignment[] | undefined {
  if (!Array.isArray(steps) || steps.length === 0) return undefined;
  const given = new Map<string, number>();
  const entries: Assignment[] = [];
  for (const step of steps as readonly Json[]) {
    const skill = isObject(step) ? text(step["skill"]) : undefined;
    const subtask = isObject(step) ? first(step, ["focus", "task", "subtask"]) : undefined;
    if (skill === undefined || subtask === undefined) return undefined;
    const able = workers.filter((worker) => worker.skill === skill);
    const turn = given.get(skill) ?? 0;
    given.set(skill, turn + 1);
    const worker = able[turn % Math.max(1, able.length)];
    if (worker) entries.push({ worker: worker.id, subtask, given: [] });
  }
  return entries;
}

function read(value: Json | undefined, workers: readonly Worker[]): Assignment[] | undefined {
  const ids = workers.map((worker) => worker.id);
  if (Array.isArray(value)) return fromList(value as readonly Json[]);
  if (!isObject(value)) return undefined;
  for (const name of wrappers) {
    const inside = value[name];
    if (inside !== undefined && typeof inside === "object") return read(inside, workers);
  }
  return fromSkills(value["steps"], workers) ?? fromRecord(value, ids);
}

/**
 * What a leading agent's output assigns to whom: its structured output, or the JSON in its text, in any of the forms above.
 * Undefined where it assigns nothing that can be read.
 */
export function assignmentsIn(answer: Answer, workers: readonly Worker[], most = Number.POSITIVE_INFINITY): Assignments | undefined {
  const found = read(answer.data ?? undefined, workers) ?? read(jsonIn(answer.text), workers);
  if (!found) return undefined;
  const ids = workers.map((worker) => worker.id);
  const problems: string[] = [];
  const entries: Assignment[] = [];
  for (const entry of found) {
    if (!ids.includes(entry.worker)) problems.push(`there is no worker "${entry.worker.slice(0, 64)}" (there are: ${ids.join(", ")})`);
    else if (entries.some(({ subtask }) => subtask === entry.subtask)) problems.push(`the subtask "${entry.subtask.slice(0, 80)}" has two owners`);
    else if (entries.length >= most) problems.push(`there may be ${most} subtasks, the rest is left out`);
    else entries.push(entry);
  }
  return { entries, problems: [...new Set(problems)] };
}
