import type { Json } from "@orrery/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import { answerOf, assignmentsIn } from "./index.ts";

const workers = [
  { id: "ann", role: "reader", skill: "research" },
  { id: "bob", role: "reader", skill: "research" },
  { id: "eve", role: "checker", skill: "check" },
];
const read = (text: string, data?: Json) =>
  assignmentsIn(answerOf({ path: "p", agent: "m", ok: true, text, ...(data === undefined ? {} : { data }) }), workers);
const pairs = (text: string, data?: Json) => read(text, data)?.entries.map(({ worker, subtask }) => [worker, subtask]);

test.each([
  ["{subtask: worker}", '{"count lambs": "ann", "count ships": "bob"}'],
  ["{worker: subtask}", '{"ann": "count lambs", "bob": "count ships"}'],
  ["fenced, with words around it", 'My plan:\n```json\n{"count lambs": "ann", "count ships": "bob"}\n```\nGood luck.'],
  ["a list", '[{"worker": "ann", "subtask": "count lambs"}, {"agent": "bob", "task": "count ships"}]'],
  ["a list inside", '{"plan": [{"to": "ann", "message": "count lambs"}, {"owner": "bob", "instruction": "count ships"}]}'],
])("reads a plan written as %s", (_, text) => {
  expect(pairs(text)).toEqual([
    ["ann", "count lambs"],
    ["bob", "count ships"],
  ]);
});

test("steps by skill go to those who have it, in turn; a skill nobody has is left out", () => {
  const steps = [
    { skill: "research", focus: "lambs" },
    { skill: "research", focus: "ships" },
    { skill: "research", focus: "nets" },
    { skill: "check", focus: "all" },
    { skill: "write", focus: "all" },
  ];
  expect(pairs("1. research: lambs …", { steps })).toEqual([
    ["ann", "lambs"],
    ["bob", "ships"],
    ["ann", "nets"],
    ["eve", "all"],
  ]);
});

test("a name nobody has, an owner too many and a plan too long are told in words", () => {
  expect(read('{"count lambs": "zoe"}')).toEqual({ entries: [], problems: ['there is no worker "zoe" (there are: ann, bob, eve)'] });
  const twice = read('[{"worker": "ann", "subtask": "x"}, {"worker": "bob", "subtask": "x"}]');
  expect(twice).toEqual({ entries: [{ worker: "ann", subtask: "x", given: [] }], problems: ['the subtask "x" has two owners'] });
  const many = assignmentsIn(answerOf({ path: "p", agent: "m", ok: true, text: '{"x": "ann", "y": "bob"}' }), workers, 1);
  expect(many).toMatchObject({ entries: [{ worker: "ann" }], problems: ["there may be 1 subtasks, the rest is left out"] });
});

test("what a plan hands on is read; prose and other JSON assign nothing", () => {
  expect(read('[{"worker": "eve", "subtask": "check", "given": ["ann", 7]}]')?.entries).toEqual([{ worker: "eve", subtask: "check", given: ["ann"] }]);
  for (const text of ["I will do it myself.", "{}", '{"note": "a long sentence about it"}', '[1, 2, "three"]', '{"steps": []}'])
    expect(read(text)).toBeUndefined();
});

test("no output makes it throw, and only workers get work", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), fc.jsonValue(), (text, data) => {
      for (const { worker } of read(text, data as Json)?.entries ?? []) expect(workers.map(({ id }) => id)).toContain(worker);
    }),
  );
});
