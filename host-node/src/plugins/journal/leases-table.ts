import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { OrreryError } from "@orrery/sdk";
import type Database from "better-sqlite3";
import { processLives } from "../../process-lives.ts";

/** How long others believe that a lease is held without hearing of its holder, ms. */
export const leaseMs = 15_000;

interface LeaseRow {
  epoch: number;
  owner: string;
  until: number;
}
const here = hostname();

/**
 * Who works on which run. A lease is held while its holder was heard of in the last `leaseMs` and, on this machine, its process is there:
 * a process that was killed loses its leases at once, one on another machine within that time. Whoever takes one over fences the holder by the epoch.
 */
export class LeasesTable {
  readonly #owner = `${process.pid}@${here}#${randomUUID()}`;
  readonly #get: Database.Statement<[string], LeaseRow>;
  readonly #take: Database.Statement<[string, string, number], { epoch: number }>;
  readonly #end: Database.Statement<[string, string, number]>;
  readonly #renew: Database.Statement<[number, string]>;

  constructor(db: Database.Database) {
    this.#get = db.prepare("SELECT epoch, owner, until FROM leases WHERE run = ?");
    this.#take = db.prepare(
      `INSERT INTO leases(run, epoch, owner, until) VALUES(?, 1, ?, ?)
       ON CONFLICT(run) DO UPDATE SET epoch = epoch + 1, owner = excluded.owner, until = excluded.until RETURNING epoch`,
    );
    this.#end = db.prepare("UPDATE leases SET until = 0 WHERE run = ? AND owner = ? AND epoch = ?");
    this.#renew = db.prepare("UPDATE leases SET until = ? WHERE owner = ? AND until > 0");
  }

  epoch(run: string): number {
    return this.#get.get(run)?.epoch ?? 0;
  }

  take(run: string, now: number, unlessHeld: boolean): number {
    const before = this.#get.get(run);
    if (unlessHeld && before && before.owner !== this.#owner && alive(before, now)) {
      throw new OrreryError("JOURNAL_HELD", `Run ${run} is carried on by another process (${before.owner.split("@")[0]})`, {
        todo: "Leave it to that process, or end it first.",
      });
    }
    return this.#take.get(run, this.#owner, now + leaseMs)?.epoch ?? 1;
  }

  end(run: string, epoch: number): void {
    this.#end.run(run, this.#owner, epoch);
  }

  held(run: string, now: number): boolean {
    const row = this.#get.get(run);
    return row !== undefined && alive(row, now);
  }

  /** Says of all leases of this process that it is still there. */
  renew(now: number): void {
    this.#renew.run(now + leaseMs, this.#owner);
  }
}

function alive({ owner, until }: LeaseRow, now: number): boolean {
  if (until <= now) return false;
  const [, pid, host] = /^(\d+)@(.*)#/.exec(owner) ?? [];
  return host !== here || processLives(Number(pid));
}
