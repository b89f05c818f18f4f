import { genesis, hashInput, type Journal, type JournalEntry, type NewEntry } from "@orrery/sdk";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** A journal under test. `tamper` changes, or deletes, a stored entry behind the journal's back. */
export interface JournalUnderTest {
  journal: Journal;
  /** A second user of the same store, as another process or tab. */
  second(): Promise<Journal>;
  tamper(run: string, idx: number, change: "edit" | "delete"): Promise<void>;
  close(): Promise<void>;
}

const entry = (type: string, data: NewEntry["data"] = {}, ts = 1_000): NewEntry => ({ type, actor: "ada", workspace: "home", data, ts });
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no error",
    (error: { code?: string }) => error.code ?? String(error),
  );
const submitted = (run: string, thread: string, text: string, ts: number, workspace = "home"): NewEntry => ({
  ...entry(
    "run.submitted",
    {
      task: {
        id: `task_${run}`,
        run,
        thread,
        text,
        documents: [],
        criteria: [],
        constraints: { spending: { allowed: false, capNano: 0, why: "test" } },
        actor: "ada",
        workspace,
        createdAt: ts,
      },
    },
    ts,
  ),
  workspace,
});
const finished = (status: string, ts: number): NewEntry =>
  entry("run.finished", { status, output: "", observedCalls: 0, reasons: [], failures: [], durationMs: 1 }, ts);

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What every store of the journal must do: run against SQLite in Node and IndexedDB in the browser. */
export function journalContract(name: string, open: () => Promise<JournalUnderTest>): void {
  describe(`${name} keeps the journal's contract`, () => {
    let under: JournalUnderTest;
    let journal: Journal;
    beforeEach(async () => {
      under = await open();
      journal = under.journal;
    });
    afterEach(() => under.close());

    it("gives back what was appended, in order, numbered from 0", async () => {
      const epoch = await journal.lease("r");
      const written = await journal.append({ run: "r", epoch, expect: 0, entries: [entry("a", { x: 1 }), entry("b", [true, null, "ü"])] });
      expect(written.map((e) => [e.idx, e.type, e.actor, e.workspace, e.ts])).toEqual([
        [0, "a", "ada", "home", 1_000],
        [1, "b", "ada", "home", 1_000],
      ]);
      expect(await journal.read("r")).toEqual(written);
      expect(await journal.read("r", 1)).toEqual(written.slice(1));
      expect(await journal.read("r", 0, 1)).toEqual(written.slice(0, 1));
      expect(await journal.read("nobody")).toEqual([]);
    });

    it("chains each entry to the one before, the first to the genesis", async () => {
      const epoch = await journal.lease("r");
      await journal.append({ run: "r", epoch, expect: 0, entries: [entry("a", { b: 1, a: 2 })] });
      await journal.append({ run: "r", epoch, expect: 1, entries: [entry("b"), entry("c")] });
      let prev = genesis;
      for (const e of await journal.read("r")) {
        expect(e.prevHash).toBe(prev);
        expect(e.hash).toBe(await sha256(hashInput(e)));
        prev = e.hash;
      }
      expect((await journal.head("r"))?.head).toBe(prev);
    });

    it("counts a run's entries and the UTF-8 bytes that were hashed", async () => {
      const epoch = await journal.lease("r");
      const written = await journal.append({ run: "r", epoch, expect: 0, entries: [entry("a", "naïve ☕"), entry("b")] });
      const bytes = written.reduce((sum, e) => sum + new TextEncoder().encode(hashInput(e)).length, 0);
      expect(await journal.head("r")).toEqual({ run: "r", events: 2, bytes, head: written[1]?.hash });
      expect(await journal.head("nobody")).toBeUndefined();
    });

    it("refuses an append that does not come next, and changes nothing", async () => {
      const epoch = await journal.lease("r");
      await journal.append({ run: "r", epoch, expect: 0, entries: [entry("a")] });
      expect(await codeOf(journal.append({ run: "r", epoch, expect: 0, entries: [entry("x")] }))).toBe("JOURNAL_CONFLICT");
      expect(await codeOf(journal.append({ run: "r", epoch, expect: 2, entries: [entry("x"), entry("y")] }))).toBe("JOURNAL_CONFLICT");
      expect((await journal.read("r")).map((e) => e.type)).toEqual(["a"]);
      expect(await journal.verify("r")).toEqual({ ok: true, events: 1 });
    });

    it("refuses whoever held the lease before, and changes nothing", async () => {
      const old = await journal.lease("r");
      await journal.append({ run: "r", epoch: old, expect: 0, entries: [entry("a")] });
      const other = await under.second();
      const epoch = await other.lease("r");
      expect(epoch).toBeGreaterThan(old);
      expect(await codeOf(journal.append({ run: "r", epoch: old, expect: 1, entries: [entry("x")] }))).toBe("JOURNAL_FENCED");
      await other.append({ run: "r", epoch, expect: 1, entries: [entry("b")] });
      expect((await journal.read("r")).map((e) => e.type)).toEqual(["a", "b"]);
    });

    it("gives a lease that is held to nobody who asks for one that is free, until it is given back or the run has ended", async () => {
      const other = await under.second();
      const epoch = await journal.lease("r", { unlessHeld: true });
      await journal.append({ run: "r", epoch, expect: 0, entries: [submitted("r", "t", "x", 1)] });
      expect(await codeOf(other.lease("r", { unlessHeld: true }))).toBe("JOURNAL_HELD");
      expect([await journal.held("r"), await other.held("r"), await other.held("nobody")]).toEqual([true, true, false]);
      await journal.append({ run: "r", epoch, expect: 1, entries: [entry("a")] });
      await journal.release("r", epoch);
      expect([await journal.held("r"), await other.held("r")]).toEqual([false, false]);
      const next = await other.lease("r", { unlessHeld: true });
      expect(await codeOf(journal.lease("r", { unlessHeld: true }))).toBe("JOURNAL_HELD");
      await other.append({ run: "r", epoch: next, expect: 2, entries: [finished("accepted", 2)] });
      expect(await other.held("r")).toBe(false);
    });

    it("gives nothing back for whoever was fenced", async () => {
      const other = await under.second();
      const old = await journal.lease("r");
      await other.lease("r");
      await journal.release("r", old);
      expect(await other.held("r")).toBe(true);
    });

    it("tells how a run stands that has not ended: under way, paused, waiting for a person, left", async () => {
      const epoch = await journal.lease("r");
      const statuses: (string | undefined)[] = [];
      let next = 0;
      for (const each of [
        submitted("r", "t", "x", 1),
        entry("run.paused", { by: "ada" }),
        entry("gate.opened", { gate: "g", ask: "?" }),
        entry("run.resumed", { by: "ada", from: "pause" }),
        entry("gate.decided", { gate: "g", decision: "approve", by: "ada" }),
      ]) {
        next += (await journal.append({ run: "r", epoch, expect: next, entries: [each] })).length;
        statuses.push((await journal.runs())[0]?.status);
      }
      await journal.release("r", epoch);
      statuses.push((await journal.runs())[0]?.status);
      expect(statuses).toEqual(["running", "paused", "paused", "waiting", "running", "interrupted"]);
      const ended = await journal.lease("ended");
      await journal.append({ run: "ended", epoch: ended, expect: 0, entries: [submitted("ended", "t", "x", 2), finished("accepted", 3)] });
      expect((await journal.runs({ status: "unfinished" })).map(({ run }) => run)).toEqual(["r"]);
    });

    it("lets exactly one of many racing appends win each place", async () => {
      const other = await under.second();
      const epoch = await journal.lease("r");
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, i) => codeOf((i % 2 ? journal : other).append({ run: "r", epoch, expect: 0, entries: [entry(`racer ${i}`)] }))),
      );
      expect(outcomes.filter((code) => code === "no error")).toHaveLength(1);
      expect(outcomes.filter((code) => code === "JOURNAL_CONFLICT")).toHaveLength(19);
      expect(await journal.read("r")).toHaveLength(1);
    });

    it("keeps a refused append from spoiling others made at the same moment", async () => {
      const [a, b] = [await journal.lease("a"), await journal.lease("b")];
      const results = await Promise.all([
        codeOf(journal.append({ run: "a", epoch: a, expect: 0, entries: [entry("good")] })),
        codeOf(journal.append({ run: "b", epoch: b, expect: 7, entries: [entry("bad")] })),
        codeOf(journal.append({ run: "a", epoch: a, expect: 1, entries: [entry("good too")] })),
      ]);
      expect(results).toEqual(["no error", "JOURNAL_CONFLICT", "no error"]);
      expect((await journal.read("a")).map((e) => e.type)).toEqual(["good", "good too"]);
      expect(await journal.read("b")).toEqual([]);
    });

    it("notices an edited entry and says where", async () => {
      const epoch = await journal.lease("r");
      await journal.append({ run: "r", epoch, expect: 0, entries: [entry("a"), entry("b"), entry("c")] });
      expect(await journal.verify("r")).toEqual({ ok: true, events: 3 });
      await under.tamper("r", 1, "edit");
      expect(await journal.verify("r")).toMatchObject({ ok: false, brokenAt: 1 });
    });

    it("notices a deleted entry, in the middle and at the end", async () => {
      for (const idx of [1, 2]) {
        const run = `r${idx}`;
        const epoch = await journal.lease(run);
        await journal.append({ run, epoch, expect: 0, entries: [entry("a"), entry("b"), entry("c")] });
        await under.tamper(run, idx, "delete");
        expect(await journal.verify(run)).toMatchObject({ ok: false, brokenAt: idx });
      }
    });

    it("lists runs newest first, by thread, workspace and time, with how they ended", async () => {
      for (const [run, thread, ts] of [
        ["r1", "t1", 10],
        ["r2", "t2", 20],
        ["r3", "t1", 30],
      ] as const) {
        const epoch = await journal.lease(run);
        await journal.append({ run, epoch, expect: 0, entries: [submitted(run, thread, `task of ${run}`, ts, run === "r2" ? "away" : "home")] });
        if (run === "r1") await journal.append({ run, epoch, expect: 1, entries: [finished("accepted", 15)] });
      }
      const all = await journal.runs();
      expect(all.map((r) => [r.run, r.thread, r.task, r.status, r.startedAt, r.endedAt])).toEqual([
        ["r3", "t1", "task of r3", "running", 30, undefined],
        ["r2", "t2", "task of r2", "running", 20, undefined],
        ["r1", "t1", "task of r1", "accepted", 10, 15],
      ]);
      expect(all[2]).toMatchObject({ events: 2, head: (await journal.head("r1"))?.head });
      expect((await journal.runs({ thread: "t1" })).map((r) => r.run)).toEqual(["r3", "r1"]);
      expect((await journal.runs({ workspace: "away" })).map((r) => r.run)).toEqual(["r2"]);
      expect((await journal.runs({ limit: 1 })).map((r) => r.run)).toEqual(["r3"]);
      expect((await journal.runs({ before: 30 })).map((r) => r.run)).toEqual(["r2", "r1"]);
    });

    it("lists runs by how they stand, and page after page without losing one, those of one moment too", async () => {
      const runs = ["a", "b", "c", "d", "e", "f"];
      const epochs = new Map<string, number>();
      for (const [i, run] of runs.entries()) {
        epochs.set(run, await journal.lease(run));
        await journal.append({ run, epoch: epochs.get(run) ?? 0, expect: 0, entries: [submitted(run, "t", run, i < 2 ? 10 : 20)] });
      }
      await journal.append({ run: "a", epoch: epochs.get("a") ?? 0, expect: 1, entries: [finished("accepted", 30)] });
      await journal.append({ run: "b", epoch: epochs.get("b") ?? 0, expect: 1, entries: [finished("failed", 30)] });
      await journal.append({ run: "c", epoch: epochs.get("c") ?? 0, expect: 1, entries: [entry("run.paused", { by: "ada" })] });
      await journal.release("d", epochs.get("d") ?? 0);
      const listed = async (query: Parameters<Journal["runs"]>[0]) => (await journal.runs(query)).map(({ run }) => run);
      expect(await Promise.all((["accepted", "failed", "paused", "interrupted", "running"] as const).map((status) => listed({ status })))).toEqual([
        ["a"],
        ["b"],
        ["c"],
        ["d"],
        ["f", "e"],
      ]);
      expect(await listed({ status: "running", limit: 1 })).toEqual(["f"]);
      expect(await listed({ status: "running", limit: 1, after: "f" })).toEqual(["e"]);
      expect(await listed({ status: "cancelled" })).toEqual([]);
      const pages: string[][] = [];
      for (let page = await listed({ limit: 2 }); page.length > 0; page = await listed({ limit: 2, after: page.at(-1) ?? "" })) pages.push(page);
      expect(pages).toEqual([
        ["f", "e"],
        ["d", "c"],
        ["b", "a"],
      ]);
      expect(await listed({ after: "nobody" })).toEqual([]);
    });

    const ended = async (run: string): Promise<JournalEntry[]> => {
      const epoch = await journal.lease(run);
      await journal.append({ run, epoch, expect: 0, entries: [submitted(run, `thread of ${run}`, `task of ${run}`, 10), entry("a", { ü: [1, null] })] });
      await journal.append({ run, epoch, expect: 2, entries: [finished("accepted", 20)] });
      return journal.read(run);
    };

    it("takes a whole run out, and keeps it again as it was", async () => {
      const entries = await ended("r");
      const [before, verified] = [(await journal.runs())[0], await journal.verify("r")];
      await ended("other");
      await journal.forget("r");
      expect([await journal.read("r"), await journal.head("r"), (await journal.runs()).map(({ run }) => run)]).toEqual([[], undefined, ["other"]]);
      await journal.forget("r");
      await journal.adopt("r", entries);
      const plain = ({ seq: _, ...rest }: JournalEntry) => rest;
      expect((await journal.read("r")).map(plain)).toEqual(entries.map(plain));
      expect((await journal.runs()).find(({ run }) => run === "r")).toEqual(before);
      expect(await journal.verify("r")).toEqual(verified);
      expect(await (await under.second()).verify("other")).toMatchObject({ ok: true });
    });

    it("takes nothing out that has not ended, or that somebody holds", async () => {
      const epoch = await journal.lease("r");
      await journal.append({ run: "r", epoch, expect: 0, entries: [submitted("r", "t", "x", 1)] });
      expect(await codeOf(journal.forget("r"))).toBe("JOURNAL_UNFINISHED");
      await journal.release("r", epoch);
      expect(await codeOf(journal.forget("r"))).toBe("JOURNAL_UNFINISHED");
      await ended("over");
      const other = await under.second();
      await other.lease("over");
      expect(await codeOf(journal.forget("over"))).toBe("JOURNAL_HELD");
      expect([(await journal.read("r")).length, (await journal.read("over")).length]).toEqual([1, 3]);
    });

    it("keeps no run over another, and none whose chain does not hold", async () => {
      const entries = await ended("r");
      expect(await codeOf(journal.adopt("r", entries))).toBe("JOURNAL_EXISTS");
      expect(await codeOf(journal.adopt("q", entries))).toBe("JOURNAL_BROKEN");
      await journal.forget("r");
      const changed = (i: number, change: Partial<JournalEntry>) => entries.map((each, at) => (at === i ? { ...each, ...change } : each));
      for (const forged of [
        [],
        entries.slice(1),
        [entries[0], entries[2]] as JournalEntry[],
        [...entries].reverse(),
        changed(1, { data: { ü: [2, null] } }),
        changed(1, { actor: "eve" }),
        changed(2, { ts: 21 }),
        changed(2, { hash: genesis }),
      ]) {
        expect(await codeOf(journal.adopt("r", forged))).toBe("JOURNAL_BROKEN");
        expect(await journal.head("r")).toBeUndefined();
      }
      await journal.adopt("r", entries);
      expect(await journal.verify("r")).toEqual({ ok: true, events: 3 });
    });

    it("keeps any JSON as it is, and its chain", async () => {
      let n = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ type: fc.string({ minLength: 1, unit: "grapheme" }), data: fc.jsonValue() }), { minLength: 1, maxLength: 6 }),
          async (given) => {
            n += 1;
            const run = `p${n}`;
            const epoch = await journal.lease(run);
            await journal.append({ run, epoch, expect: 0, entries: given.map(({ type, data }) => entry(type, data as NewEntry["data"])) });
            const back = await journal.read(run);
            expect(back.map((e: JournalEntry) => [e.type, e.data])).toEqual(given.map(({ type, data }) => [type, JSON.parse(JSON.stringify(data))]));
            expect(await journal.verify(run)).toEqual({ ok: true, events: given.length });
          },
        ),
        { numRuns: 40 },
      );
    });
  });
}
