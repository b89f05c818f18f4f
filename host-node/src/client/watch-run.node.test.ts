import { memoryJournal } from "@orrery/sdk/testing";
import type { NewEntry, WatchMessage } from "@orrery/sdk";
import { describe, expect, it } from "vitest";
import { createHub } from "../plugins/hub/hub.ts";
import { watchRun } from "./watch-run.ts";

const judged: NewEntry = { type: "trace.hooks", actor: "a", workspace: "w", ts: 1, data: { hooks: [] } };
const finished: NewEntry = {
  type: "run.finished",
  actor: "a",
  workspace: "w",
  ts: 1,
  data: { status: "accepted", output: "", observedCalls: 0, reasons: [], failures: [], durationMs: 1 },
};

async function setUp() {
  const journal = memoryJournal();
  const hub = createHub();
  const epoch = await journal.lease("r");
  let next = 0;
  const append = async (...entries: NewEntry[]) => {
    const written = await journal.append({ run: "r", epoch, expect: next, entries });
    next += entries.length;
    return written;
  };
  return { journal, hub, append };
}
const shown = (messages: readonly WatchMessage[]) =>
  messages.map((message) => (message.kind === "event" ? message.event.idx : message.kind === "delta" ? message.delta.text : "end"));

describe("watching a run", () => {
  it("gives each entry once and in order, however often and in whatever order it is told of them, and then the end", async () => {
    const { journal, hub, append } = await setUp();
    await append(judged, judged);
    const heard: WatchMessage[] = [];
    const end = new Promise<void>((done, fail) =>
      watchRun({ journal, hub }, "r", 0, (message) => (message.kind === "end" ? done() : heard.push(message)), fail),
    );
    const later = await append(judged, judged, judged);
    for (const { prevHash: _p, hash: _h, ...event } of later.reverse()) for (let i = 0; i < 3; i++) hub.tell("r", { kind: "event", event });
    hub.tell("r", { kind: "delta", delta: { run: "r", step: "s", agent: "a", text: "word" } });
    await append(finished);
    await end;
    expect(shown(heard).filter((each) => typeof each === "number")).toEqual([0, 1, 2, 3, 4, 5]);
    expect(shown(heard)).toContain("word");
  });

  it("hears of a run that another process writes, without being told", async () => {
    const { journal, append } = await setUp();
    const heard: WatchMessage[] = [];
    const end = new Promise<void>((done, fail) =>
      watchRun({ journal, hub: undefined }, "r", 1, (message) => (message.kind === "end" ? done() : heard.push(message)), fail),
    );
    await append(judged, judged);
    await append(finished);
    await end;
    expect(shown(heard)).toEqual([1, 2]);
  });

  it("reads a long run in pieces, to its end", async () => {
    const { journal, hub, append } = await setUp();
    await append(...Array.from({ length: 1_203 }, () => judged), finished);
    const heard: WatchMessage[] = [];
    await new Promise<void>((done, fail) => watchRun({ journal, hub }, "r", 0, (message) => (message.kind === "end" ? done() : heard.push(message)), fail));
    expect(shown(heard)).toEqual(Array.from({ length: 1_204 }, (_, i) => i));
  });

  it("is silent once stopped, and reports a journal that cannot be read", async () => {
    const { journal, hub, append } = await setUp();
    const heard: WatchMessage[] = [];
    const stop = watchRun(
      { journal, hub },
      "r",
      0,
      (message) => heard.push(message),
      () => {},
    );
    stop();
    await append(judged, finished);
    hub.tell("r", { kind: "delta", delta: { run: "r", step: "s", agent: "a", text: "word" } });
    expect(heard).toEqual([]);
    const broken = { ...journal, read: async () => Promise.reject(new Error("unreadable")) };
    await expect(new Promise((_, fail) => watchRun({ journal: broken, hub }, "r", 0, () => {}, fail))).rejects.toThrow("unreadable");
  });
});
