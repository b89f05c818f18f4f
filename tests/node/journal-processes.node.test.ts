import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";
import { openJournalDatabase } from "../../host-node/src/plugins/journal/database.ts";
import { SqliteJournal } from "../../host-node/src/plugins/journal/sqlite-journal.ts";
import { root, scratch } from "./support.ts";

interface Line {
  events?: number;
  head?: string;
  epoch?: number;
  stopped?: string;
}
/** A child that appends, and what it says was made durable. */
function appender(file: string, run: string, mode: string): { child: ChildProcess; lines: Line[]; until(count: number): Promise<void>; closed: Promise<void> } {
  const child = spawn(process.execPath, [join(root, "tests/node/journal-process.ts"), file, run, mode], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: Line[] = [];
  const waiting: { count: number; done: () => void }[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => {
    lines.push(JSON.parse(line));
    for (const { count, done } of waiting) if (lines.length >= count) done();
  });
  const closed = new Promise<void>((done) => reader.on("close", done));
  return { child, lines, closed, until: (count) => new Promise((done) => (lines.length >= count ? done() : waiting.push({ count, done }))) };
}
function open(file: string) {
  const db = openJournalDatabase(file);
  const journal = new SqliteJournal(db);
  onTestFinished(() => {
    journal.close();
    db.close();
  });
  return journal;
}

describe("the journal between processes", () => {
  it("keeps everything it said was durable when its process is killed, and a chain that holds", async () => {
    const file = join(scratch("kill"), "journal.db");
    for (let round = 0; round < 4; round++) {
      const { child, lines, until, closed } = appender(file, "run", "forever");
      await until(20 + round * 13);
      child.kill("SIGKILL");
      await closed;
      const last = lines.at(-1);
      const journal = open(file);
      const entries = await journal.read("run");
      expect(entries.length).toBeGreaterThanOrEqual(last?.events ?? 0);
      expect(entries[(last?.events ?? 0) - 1]?.hash).toBe(last?.head);
      expect(await journal.verify("run")).toEqual({ ok: true, events: entries.length });
      expect((await journal.head("run"))?.events).toBe(entries.length);
    }
  });

  it("fences the process that held the run before, at once and for good", async () => {
    const file = join(scratch("fence"), "journal.db");
    const old = appender(file, "run", "forever");
    await old.until(10);
    const journal = open(file);
    const epoch = await journal.lease("run");
    await old.closed;
    expect(old.lines.at(-1)).toEqual({ stopped: "JOURNAL_FENCED" });
    const before = (await journal.head("run"))?.events ?? 0;
    expect(before).toBe(old.lines.at(-2)?.events);
    await journal.append({ run: "run", epoch, expect: before, entries: [{ type: "test", actor: "heir", workspace: "test", data: {}, ts: 0 }] });
    expect(await journal.verify("run")).toEqual({ ok: true, events: before + 1 });
  });

  it("checks a run as it is at one moment while another process writes to it", async () => {
    const file = join(scratch("check"), "journal.db");
    const journal = open(file);
    await journal.append({
      run: "run",
      epoch: await journal.lease("run"),
      expect: 0,
      entries: Array.from({ length: 1_000 }, (_, i) => ({ type: "test", actor: "a", workspace: "test", data: { i, padding: "x".repeat(500) }, ts: i })),
    });
    const { child, lines, until, closed } = appender(file, "run", "forever");
    await until(1);
    const checks = [];
    for (let i = 0; i < 20; i++) {
      checks.push(await journal.verify("run"));
      await until(lines.length + 1);
    }
    child.kill("SIGKILL");
    await closed;
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  it("takes two processes' appends to different runs side by side", async () => {
    const file = join(scratch("both"), "journal.db");
    open(file);
    const [a, b] = [appender(file, "a", "60"), appender(file, "b", "60")];
    await Promise.all([a.closed, b.closed]);
    const journal = open(file);
    for (const [run, { lines }] of [
      ["a", a],
      ["b", b],
    ] as const) {
      expect(lines).toHaveLength(60);
      expect(await journal.verify(run)).toEqual({ ok: true, events: lines.at(-1)?.events });
    }
  });
});
