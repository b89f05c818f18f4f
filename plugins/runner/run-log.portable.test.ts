import type { Journal } from "@orrery/sdk";
import { memoryJournal } from "@orrery/sdk/testing";
import { expect, test } from "vitest";
import { RunLog } from "./run-log.ts";

const noted = { path: "r0/a", agent: "a", attempt: 1, model: "m", why: "w", considered: [], by: "b" };

function pen({ broken = () => {}, fails = false }: { broken?: (error: unknown) => void; fails?: boolean } = {}) {
  const journal = memoryJournal();
  const batches: string[][] = [];
  let wake: () => void = () => {};
  const counted: Journal = {
    ...journal,
    append: async (batch) => {
      if (fails) throw new Error("the disk is full");
      batches.push(batch.entries.map(({ type }) => type));
      return journal.append(batch);
    },
  };
  const options = { journal: counted, run: "r", epoch: 1, actor: "a", workspace: "w", now: () => 0, heard: () => {}, unheard: () => {}, broken };
  const sleep = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  const log = new RunLog({ ...options, sleep });
  return { log, journal, batches, later: () => wake() };
}

test("what is noted shares an append with the next entry that is written", async () => {
  const { log, journal, batches } = pen();
  await journal.lease("r");
  log.note("step.routed", noted);
  log.note("step.routed", noted);
  await Promise.resolve();
  expect(batches).toEqual([]);
  await log.write("run.paused", { by: "me" });
  expect(batches).toEqual([["step.routed", "step.routed", "run.paused"]]);
});

test("what nothing follows is written after a moment", async () => {
  const { log, journal, batches, later } = pen();
  await journal.lease("r");
  log.note("step.routed", noted);
  later();
  await expect.poll(() => batches).toEqual([["step.routed"]]);
});

test("a flush writes what was noted, and a pen that broke writes nothing more", async () => {
  const { log, journal, batches } = pen();
  await journal.lease("r");
  log.note("step.routed", noted);
  await log.flush();
  expect(batches).toEqual([["step.routed"]]);
  const errors: unknown[] = [];
  const other = pen({ broken: (error) => errors.push(error), fails: true });
  other.log.note("step.routed", noted);
  await other.log.flush();
  other.log.note("step.routed", noted);
  await other.log.flush();
  expect(errors).toEqual([other.log.failure]);
  await expect(other.log.write("run.paused", { by: "me" })).rejects.toThrow("the disk is full");
});
