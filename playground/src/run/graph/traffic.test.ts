import { expect, it } from "vitest";
import type { StepView } from "../run-view.ts";
import { trafficOf } from "./traffic.ts";

const step = (path: string, agent: string, inputs: string[], state: StepView["state"]): StepView => ({
  ...{
    path,
    agent,
    inputs,
    state,
    role: "",
    skill: "",
    attempt: 1,
    round: 0,
    recalled: [],
    feedback: [],
    asked: undefined,
    text: "",
    nano: 0,
    copied: false,
    startedAt: 0,
  },
});

it("lets a message flow to whoever is at work on it, and says what has passed, by the agents who wrote the inputs", () => {
  const { flowing, passed, heard } = trafficOf([
    step("r0/a", "a", [], "done"),
    step("r0/b", "b", ["r0/a"], "done"),
    step("r1/a", "a", ["r0/b", "r0/a"], "running"),
  ]);
  expect([...flowing]).toEqual(["b→a"]);
  expect([...passed]).toEqual(["a→b"]);
  expect(heard).toHaveLength(2);
});
