import { OrreryError } from "@orrery/sdk";
import type { Booted } from "./boot.ts";

/** Nothing provides a service: which plugins would, and why they do not. */
export function serviceMissing(kernel: Booted["kernel"], id: string): OrreryError {
  const failed = kernel.inspect().plugins.filter(({ state, provides }) => provides.includes(id) && state !== "active");
  const why = failed
    .map(
      ({ id, state, error, waitingFor }) =>
        `${id} is ${state}${error ? `: ${error.message}` : ""}${waitingFor.length ? `, waiting for ${waitingFor.join(", ")}` : ""}`,
    )
    .join("; ");
  return new OrreryError("SERVICE_MISSING", `Nothing provides ${id}${why && ` (${why})`}`, { todo: "Look at Extend → Plugins." });
}
