import type { JournalEntry, RunHead, RunStanding, RunSummary } from "@orrery/sdk";

export interface EventRow {
  seq: number;
  run: string;
  idx: number;
  type: string;
  actor: string;
  workspace: string;
  data: string;
  ts: number;
  prev_hash: string;
  hash: string;
}
export interface RunRow {
  run: string;
  thread: string;
  task: string;
  status: string;
  workspace: string;
  started_at: number;
  ended_at: number | null;
  paused: number;
  gates: number;
  events: number;
  bytes: number;
  head: string;
}

export function entryOf(row: EventRow): JournalEntry {
  const { prev_hash: prevHash, data, ...rest } = row;
  return { ...rest, prevHash, data: JSON.parse(data) };
}

export const headOf = ({ run, events, bytes, head }: RunRow): RunHead => ({ run, events, bytes, head });

export function summaryOf(row: RunRow): RunSummary {
  const { thread, task, status, workspace, started_at: startedAt, ended_at: endedAt } = row;
  return { ...headOf(row), thread, task, status, workspace, startedAt, ...(endedAt === null ? {} : { endedAt }) };
}

export function standingOf({ thread, task, status, workspace, paused, gates, started_at: startedAt, ended_at: endedAt }: RunRow): RunStanding {
  return { thread, task, status, workspace, paused: paused !== 0, gates, startedAt, ...(endedAt === null ? {} : { endedAt }) };
}
