import type { Millis } from "./brands.ts";

/** How a run stands, as far as its entries say: what every store of the journal lists. */
export interface RunStanding {
  thread: string;
  task: string;
  workspace: string;
  /** The final status once there is one; else `running`, `paused`, or `waiting` for a person. */
  status: string;
  paused: boolean;
  /** Gates that were opened and not decided. */
  gates: number;
  startedAt: Millis;
  endedAt?: Millis;
}
export const unstarted: RunStanding = { thread: "", task: "", workspace: "", status: "running", paused: false, gates: 0, startedAt: 0 };

interface Told {
  idx: number;
  type: string;
  workspace: string;
  data: unknown;
  ts: Millis;
}

/** The standing after one more entry; the same object when the entry says nothing of it. */
export function standingAfter(before: RunStanding, { idx, type, workspace, data, ts }: Told): RunStanding {
  const told = (data ?? {}) as { task?: { thread?: unknown; text?: unknown; run?: unknown }; status?: unknown };
  const text = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise);
  const open = (change: Partial<RunStanding>): RunStanding => {
    const next = { ...before, ...change };
    if (next.endedAt !== undefined) return next;
    return { ...next, status: next.paused ? "paused" : next.gates > 0 ? "waiting" : "running" };
  };
  const begun = idx === 0 ? { ...before, workspace, startedAt: ts } : before;
  if (type === "run.submitted") return { ...begun, thread: text(told.task?.thread, ""), task: text(told.task?.text, "") };
  if (type === "run.finished") return { ...begun, status: text(told.status, "failed"), endedAt: ts, paused: false, gates: 0 };
  if (type === "run.paused") return open({ paused: true });
  if (type === "run.resumed") return open({ paused: false });
  if (type === "gate.opened") return open({ gates: before.gates + 1 });
  if (type === "gate.decided") return open({ gates: Math.max(0, before.gates - 1) });
  return begun;
}
