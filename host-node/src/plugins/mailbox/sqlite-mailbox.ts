import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { answerPatience, readReply, type Json, type Mailbox, type Reply, replyOf, unanswered, type Waiting } from "@orrery/sdk";
import type Database from "better-sqlite3";

const schema = `
CREATE TABLE IF NOT EXISTS letters(
  id TEXT PRIMARY KEY, run TEXT NOT NULL, letter TEXT NOT NULL, until REAL NOT NULL, taken INTEGER NOT NULL DEFAULT 0, reply TEXT
) STRICT, WITHOUT ROWID;
`;
/** How often a mailbox is looked into, ms: only while something is expected. */
const lookMs = 75;
/** A letter whose sender is gone is thrown away after this, ms. */
const keepMs = 3_600_000;

interface Row {
  id: string;
  run: string;
  letter: string;
}

/** Letters as rows of a SQLite file: the sender writes one and reads its reply, who carries the run on looks for those to its runs. */
export class SqliteMailbox implements Mailbox {
  readonly #open: () => Database.Database;
  readonly #now: () => number;
  readonly #attended = new Map<string, (letter: Json) => Promise<void>>();
  #db: Database.Database | undefined;
  #looking: NodeJS.Timeout | undefined;

  /** `open` is called at the first letter or run. */
  constructor(open: () => Database.Database, now: () => number) {
    this.#open = open;
    this.#now = now;
  }

  attend(run: string, answer: (letter: Json) => Promise<void>): () => void {
    this.#attended.set(run, answer);
    if (!this.#looking) {
      this.#looking = setInterval(() => this.#look(), lookMs);
      this.#looking.unref();
    }
    return () => {
      if (this.#attended.get(run) === answer) this.#attended.delete(run);
      if (this.#attended.size === 0) this.#rest();
    };
  }

  async send(run: string, letter: Json, { waitMs, gone }: Waiting): Promise<boolean> {
    const db = this.#database();
    const id = randomUUID();
    const until = this.#now() + waitMs;
    db.prepare("INSERT INTO letters(id, run, letter, until) VALUES(?, ?, ?, ?)").run(id, run, JSON.stringify(letter), until);
    const state = db.prepare<[string], { taken: number; reply: string | null }>("SELECT taken, reply FROM letters WHERE id = ?");
    const withdraw = db.prepare<[string]>("DELETE FROM letters WHERE id = ? AND taken = 0");
    try {
      for (;;) {
        await sleep(lookMs / 3);
        const { taken = 1, reply = null } = state.get(id) ?? {};
        if (reply !== null) return readReply(JSON.parse(reply) as Reply);
        const late = this.#now() - until;
        if (taken === 0 && (await gone()) && withdraw.run(id).changes > 0) return false;
        if (taken === 0 && late > 0 && withdraw.run(id).changes > 0) throw unanswered(run, waitMs, false);
        if (late > waitMs * (answerPatience - 1)) throw unanswered(run, waitMs, true);
      }
    } finally {
      db.prepare("DELETE FROM letters WHERE id = ?").run(id);
    }
  }

  close(): void {
    this.#rest();
    this.#db?.close();
    this.#db = undefined;
  }

  #database(): Database.Database {
    if (this.#db) return this.#db;
    this.#db = this.#open();
    this.#db.exec(schema);
    this.#db.prepare("DELETE FROM letters WHERE until < ?").run(this.#now() - keepMs);
    return this.#db;
  }

  #rest(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  #look(): void {
    try {
      const db = this.#database();
      const waiting = db.prepare<[number], Row>("SELECT id, run, letter FROM letters WHERE taken = 0 AND until >= ?").all(this.#now());
      for (const { id, run, letter } of waiting) {
        const answer = this.#attended.get(run);
        // Taken before it is read: it is done once, also where two look at one moment or its sender gives up.
        if (!answer || db.prepare("UPDATE letters SET taken = 1 WHERE id = ? AND taken = 0").run(id).changes === 0) continue;
        void this.#reply(id, () => answer(JSON.parse(letter) as Json));
      }
    } catch {
      // A store that is busy or full is looked at again.
    }
  }

  async #reply(id: string, work: () => Promise<void>): Promise<void> {
    const reply = await replyOf(work);
    try {
      this.#database().prepare("UPDATE letters SET reply = ? WHERE id = ?").run(JSON.stringify(reply), id);
    } catch {
      // Closed meanwhile: what was done is in the journal, where the sender is sent to look.
    }
  }
}
