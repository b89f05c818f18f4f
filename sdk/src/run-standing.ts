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
  const begun = idx === 0 ? { ...before, workspace, startedAt: ts } : before;
  const told = (data ?? {}) as { task?: { thread?: unknown; text?: unknown }; status?: unknown };
  switch (type) {
    case "run.submitted":
      return { ...begun, thread: textOf(told.task?.thread, ""), task: textOf(told.task?.text, "") };
    case "run.finished":
      return { ...begun, status: textOf(told.status, "failed"), endedAt: ts, paused: false, gates: 0 };
    case "run.paused":
      return goingOn({ ...before, paused: true });
    case "run.resumed":
      return goingOn({ ...before, paused: false });
    case "gate.opened":
      return goingOn({ ...before, gates: before.gates + 1 });
    case "gate.decided":
      return goingOn({ ...before, gates: Math.max(0, before.gates - 1) });
    default:
      return begun;
  }
}

const textOf = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise);

/** With the status that follows from what people told it, unless it has ended. */
const goingOn = (standing: RunStanding): RunStanding =>
  standing.endedAt === undefined ? { ...standing, status: standing.paused ? "paused" : standing.gates > 0 ? "waiting" : "running" } : standing;
