import { OrreryError } from "@orrery/sdk";

export const unknownGate = (run: string, gate: string, open: readonly string[]): OrreryError =>
  new OrreryError("GATE_UNKNOWN", `Run ${run} has no gate "${gate}".`, {
    todo: open.length > 0 ? `These wait for a person: ${open.join(", ")}.` : "Nothing of it waits for a person; `orrery inbox` shows what does.",
  });

export const runOver = (run: string, status: string): OrreryError =>
  new OrreryError("RUN_OVER", `Run ${run} has ended (${status}).`, { todo: "Ask a follow-up in its thread, or fork it: orrery run fork RUN." });
