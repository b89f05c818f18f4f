import type { RunEvent, WatchMessage } from "@orrery/sdk";
import { expect, it } from "vitest";
import { WatchHub } from "./watch-hub.ts";

const event = (idx: number, type = "x"): RunEvent => ({ run: "r", idx, seq: idx + 1, type, actor: "a", workspace: "w", data: {}, ts: 0 });
const told = (messages: WatchMessage[]) => messages.map((message) => (message.kind === "event" ? message.event.idx : message.kind));

it("gives what was written and then what happens, each once and in order, whenever it comes", async () => {
  const hub = new WatchHub();
  const heard: WatchMessage[] = [];
  await hub.watch(
    "r",
    0,
    async () => {
      // Written while the journal is read: told by both, heard once.
      hub.tell("r", { kind: "event", event: event(1) });
      hub.tell("r", { kind: "event", event: event(2) });
      return [event(0), event(1)];
    },
    (message) => heard.push(message),
  );
  hub.tell("r", { kind: "event", event: event(3, "run.finished") });
  hub.tell("r", { kind: "event", event: event(4) });
  expect(told(heard)).toEqual([0, 1, 2, 3, "end"]);
});

it("begins where it is told to and stops when asked", async () => {
  const hub = new WatchHub();
  const heard: WatchMessage[] = [];
  const stop = await hub.watch(
    "r",
    2,
    async () => [event(2)],
    (message) => heard.push(message),
  );
  stop();
  hub.tell("r", { kind: "event", event: event(3) });
  expect(told(heard)).toEqual([2]);
});

it("listens to nothing when the journal could not be read", async () => {
  const hub = new WatchHub();
  const heard: WatchMessage[] = [];
  await expect(
    hub.watch(
      "r",
      0,
      () => Promise.reject(new Error("no")),
      (message) => heard.push(message),
    ),
  ).rejects.toThrow("no");
  hub.tell("r", { kind: "event", event: event(0) });
  expect(heard).toEqual([]);
});
