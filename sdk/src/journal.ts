import { type Json, token } from "@orrery/kernel";
import type { Millis } from "./brands.ts";
import type { RunStatus } from "./events.ts";

export interface JournalEntry {
  /** Position in the whole journal, from 1. */
  seq: number;
  run: string;
  /** Position in its run, from 0. */
  idx: number;
  type: string;
  actor: string;
  workspace: string;
  data: Json;
  ts: Millis;
  prevHash: string;
  hash: string;
}
export type NewEntry = Pick<JournalEntry, "type" | "actor" | "workspace" | "data" | "ts">;
export interface RunHead {
  run: string;
  events: number;
  bytes: number;
  /** The last entry's hash. */
  head: string;
}
export interface RunSummary extends RunHead {
  thread: string;
  task: string;
  status: string;
  workspace: string;
  startedAt: Millis;
  endedAt?: Millis;
}
export interface RunQuery {
  thread?: string;
  workspace?: string;
  limit?: number;
  before?: Millis;
  /** Those that stand so; `unfinished`: all without an end. */
  status?: RunStatus | "unfinished";
  /** Those that come after this run in the list: the next page. */
  after?: string;
}
/**
 * The append-only, hash-chained record of every run: the one place facts are kept.
 * `append` writes all entries or none, durably, when `expect` is still the run's next index and `epoch` its newest;
 * else throws JOURNAL_CONFLICT or JOURNAL_FENCED and changes nothing.
 */
export interface Journal {
  append(batch: { run: string; epoch: number; expect: number; entries: NewEntry[] }): Promise<JournalEntry[]>;
  /**
   * Takes the run's lease and returns its new epoch; appends under an older one are refused from now on.
   * `unlessHeld`: throws JOURNAL_HELD, changing nothing, while another process or tab that lives holds it.
   */
  lease(run: string, options?: { unlessHeld?: boolean }): Promise<number>;
  /** Gives the lease back, so that nobody waits for a process that no longer works on the run. An append of `run.finished` does so by itself. */
  release(run: string, epoch: number): Promise<void>;
  /** Whether a process or tab that lives holds the run's lease: this one or another. */
  held(run: string): Promise<boolean>;
  read(run: string, from?: number, limit?: number): Promise<JournalEntry[]>;
  head(run: string): Promise<RunHead | undefined>;
  /** Newest first. `status: "unfinished"`: those without an end. A run that says it is running and whose lease nobody holds is told as `interrupted`. */
  runs(query?: RunQuery): Promise<RunSummary[]>;
  /** Recomputes the chain; `brokenAt` is the first index that does not hold. */
  verify(run: string): Promise<{ ok: boolean; events: number; brokenAt?: number }>;
  /**
   * Keeps a whole run that another journal wrote, entry by entry as it is there. All of it or nothing:
   * throws JOURNAL_EXISTS where there is a run of that name, JOURNAL_BROKEN where the chain does not hold.
   */
  adopt(run: string, entries: readonly JournalEntry[]): Promise<void>;
  /** Takes a whole run out; nothing where there is none. Throws JOURNAL_UNFINISHED for a run without an end, JOURNAL_HELD while somebody who lives holds it. */
  forget(run: string): Promise<void>;
}
export const Journal = token<Journal>("orrery.journal@1");

/** The first entry of a run is chained to this. */
export const genesis = "0".repeat(64);

/** JSON with sorted keys and no spaces; `undefined` members left out. Equal values give equal text. */
export function canonicalJson(value: Json | undefined): string {
  const sorted = inOrder(value ?? null);
  return sorted === undefined ? memberByMember(value) : JSON.stringify(sorted);
}

/**
 * The value with every object's members in order, itself where they are already: the engine's own writer is several times as fast as one in the language.
 * Undefined for a value with keys an engine puts elsewhere: numbers, and `__proto__`.
 */
function inOrder(value: Json): Json | undefined {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    let changed = false;
    const items: Json[] = [];
    for (const item of value as readonly (Json | undefined)[]) {
      const sorted = inOrder(item ?? null);
      if (sorted === undefined) return undefined;
      changed ||= sorted !== item;
      items.push(sorted);
    }
    return changed ? items : value;
  }
  const record = value as { readonly [key: string]: Json | undefined };
  const keys = Object.keys(record);
  const digits = (key: string): boolean => key.charCodeAt(0) >= 48 && key.charCodeAt(0) <= 57;
  let changed = keys.some((key, i) => i > 0 && (keys[i - 1] ?? "") > key);
  if (changed) keys.sort();
  const out: { [key: string]: Json } = {};
  for (const key of keys) {
    const member = record[key];
    if (member === undefined) continue;
    const sorted = inOrder(member);
    if (sorted === undefined || digits(key) || key === "__proto__") return undefined;
    changed ||= sorted !== member;
    out[key] = sorted;
  }
  return changed ? out : value;
}

function memberByMember(value: Json | undefined): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(memberByMember).join(",")}]`;
  const record = value as { readonly [key: string]: Json | undefined };
  const members = Object.keys(record)
    .filter((key) => record[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${memberByMember(record[key])}`);
  return `{${members.join(",")}}`;
}

/** What is hashed of an entry (SHA-256, hex). `seq` is left out: it belongs to the store, not to the run. */
export const hashInput = (entry: Omit<JournalEntry, "hash" | "seq">): string =>
  canonicalJson([entry.prevHash, entry.run, entry.idx, entry.type, entry.actor, entry.workspace, entry.ts, entry.data]);
