import type { EventData, EventType, RunEvent, WatchMessage } from "@orrery/sdk";
import { describe, expect, it } from "vitest";
import { agentsOf, meanScore, turnsOf } from "./agent-view.ts";
import { openGates, standing } from "./gates.ts";
import { advance, emptyRun, type RunView } from "./run-view.ts";

/** Entries of one run, numbered and timed as they are told. */
function teller() {
  let idx = 0;
  return <T extends EventType>(type: T, data: Partial<EventData<T>>): WatchMessage => {
    const event = { run: "r", idx, seq: idx + 1, type, actor: "a", workspace: "w", data, ts: idx * 10 } as unknown as RunEvent;
    idx += 1;
    return { kind: "event", event };
  };
}
const at = (attempt = 1) => ({ path: "r0/writer", agent: "writer", attempt });
const started = { role: "writer", skill: "write", round: 0, key: "k", inputs: [], recalled: [], feedback: [] };
const judged = (action: "accept" | "retry") => ({ verdicts: [], missing: [], decision: { action, reasons: [], feedback: [] } });
const play = (messages: WatchMessage[]): RunView => advance(emptyRun("r"), messages);

describe("a run's view", () => {
  it("follows a step from its start over streamed text and result to its verdict", () => {
    const tell = teller();
    const begun = play([
      tell("step.started", { ...at(), ...started }),
      { kind: "delta", delta: { run: "r", step: "r0/writer", agent: "writer", text: "Hel" } },
      { kind: "delta", delta: { run: "r", step: "r0/writer", agent: "writer", text: "lo" } },
    ]);
    expect(begun.steps[0]).toMatchObject({ state: "running", text: "Hello" });
    const finished = advance(begun, [tell("step.finished", { ...at(), result: { text: "Hello." } as EventData<"step.finished">["result"] })]);
    expect(finished.steps[0]).toMatchObject({ state: "judging", text: "Hello." });
    expect(advance(finished, [tell("step.judged", { ...at(), ...judged("accept") })]).steps[0]?.state).toBe("done");
  });

  it("keeps each attempt, and shows the agent by its latest", () => {
    const tell = teller();
    const view = play([
      tell("step.started", { ...at(1), ...started }),
      tell("step.judged", { ...at(1), ...judged("retry") }),
      tell("step.started", { ...at(2), ...started }),
    ]);
    expect(view.steps.map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, "done"],
      [2, "running"],
    ]);
    expect(agentsOf(view)).toMatchObject([{ id: "writer", calls: 2, state: "running" }]);
  });

  it("books money to the latest attempt of its step, and to the run", () => {
    const tell = teller();
    const settled = {
      reservation: "x",
      model: "m/m",
      source: "s",
      usage: { inputTokens: 7, outputTokens: 3 },
      nano: 50,
      origin: { step: "r0/writer" } as EventData<"budget.settled">["origin"],
    };
    const view = play([
      tell("step.started", { ...at(1), ...started }),
      tell("budget.settled", settled),
      tell("step.started", { ...at(2), ...started }),
      tell("budget.settled", settled),
    ]);
    expect(view).toMatchObject({ nano: 100, calls: 2, inputTokens: 14, outputTokens: 6 });
    expect(view.steps.map(({ nano }) => nano)).toEqual([50, 50]);
  });

  it("does not change the view it was made from", () => {
    const tell = teller();
    const begun = play([tell("step.started", { ...at(), ...started })]);
    advance(begun, [tell("step.judged", { ...at(), ...judged("accept") })]);
    expect([begun.steps[0]?.state, begun.events.length]).toEqual(["running", 1]);
  });

  it("tells rounds apart, those of a task done again too, and shows the team as it stood after each", () => {
    const tell = teller();
    const view = play(
      ["r0/writer", "r1/writer", "t2/r0/writer"].map((path, i) => tell("step.started", { path, agent: "writer", attempt: 1, ...started, round: i % 2 })),
    );
    const turns = turnsOf(view);
    expect(turns.map(({ name }) => name)).toEqual(["round 0", "round 1", "round 0, try 2"]);
    expect(
      agentsOf(
        view,
        turns.slice(0, 2).flatMap(({ steps }) => steps),
      )[0]?.step?.path,
    ).toBe("r1/writer");
  });

  it("counts an entry told twice once", () => {
    const tell = teller();
    const first = tell("step.started", { ...at(), ...started });
    expect(play([first, first]).steps).toHaveLength(1);
  });

  it("waits while a gate is open, is paused while it is told so, and keeps what people said", () => {
    const tell = teller();
    const asked = play([
      tell("step.started", { ...at(), ...started }),
      tell("gate.opened", { gate: "sign-off", ask: "Good enough?", path: "r0/writer", agent: "writer" }),
    ]);
    expect([standing(asked), agentsOf(asked)[0]?.state]).toEqual(["waiting", "gate"]);
    const decided = advance(asked, [
      tell("run.paused", { by: "ada" }),
      tell("run.redirected", { by: "ada", instruction: "Shorter." }),
      tell("gate.decided", { gate: "sign-off", decision: "deny", by: "ada", note: "too long" }),
    ]);
    expect([standing(decided), openGates(decided)]).toEqual(["paused", []]);
    expect(decided.told.map(({ what, text }) => [what, text])).toEqual([
      ["paused", ""],
      ["redirected", "Shorter."],
      ["denied", "sign-off: too long"],
    ]);
    expect(standing(advance(decided, [tell("run.resumed", { by: "ada", from: "pause" })]))).toBe("running");
  });

  it("says of a run that another process carries on what happened, and that a pause outlives it", () => {
    const tell = teller();
    const view = play([tell("run.paused", { by: "ada" }), tell("run.resumed", { by: "host", from: "crash" })]);
    expect([standing(view), view.told.at(-1)?.text]).toEqual(["paused", "the tab or server that ran it was gone; steps that had settled are kept"]);
  });

  it("leaves nothing running when the run has ended", () => {
    const tell = teller();
    const view = play([tell("step.started", { ...at(), ...started }), tell("run.finished", { status: "cancelled", output: "" })]);
    expect([standing(view), view.steps[0]?.state]).toEqual(["cancelled", "cancelled"]);
  });

  it("keeps entries of a kind it does not know, and changes nothing for them", () => {
    const view = play([{ kind: "event", event: { run: "r", idx: 0, seq: 1, type: "later.kind", actor: "a", workspace: "w", data: {}, ts: 0 } }]);
    expect([view.events.length, view.steps.length]).toEqual([1, 0]);
  });
});

it("takes no abstention into the mean of the judges", () => {
  expect(
    meanScore([
      { score: 1, decision: "accept" },
      { score: 0, decision: "abstain" },
      { score: 0.5, decision: "reject" },
    ]),
  ).toBe(0.75);
  expect(meanScore([{ score: 0, decision: "abstain" }])).toBeUndefined();
});
