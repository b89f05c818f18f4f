import { expect, test } from "vitest";
import { aspects, needsInvention } from "./question.ts";

const queries = (task: string, earlier?: string) => aspects(task, earlier).map(({ query }) => query);

test('splits at "and what" and hands the subject on', () => {
  expect(queries("How does the plugin system isolate errors, and what are its limits?")).toEqual([
    "How does the plugin system isolate errors",
    "what are the plugin system limits",
  ]);
  expect(queries("When does the Aurora enter service, what does it cost, and what are the risks?")).toEqual([
    "When does the Aurora enter service",
    "what does Aurora cost",
    "what are the risks Aurora",
  ]);
});

test("a focus with its question in brackets keeps the question's subject", () => {
  expect(queries("what are its limits (How does the plugin system isolate errors)")).toEqual(["what are the plugin system limits"]);
});

test("instructions to the writer are not searched for", () => {
  expect(queries("Write a report on the harbour's winters. Cite every source. Use at most 200 words.")).toEqual(["the harbour's winters"]);
});

test("a follow-up borrows the subject of the task before it", () => {
  expect(queries("And how long does it take?", "How is the new charging tower built?")).toEqual(["how long does new charging tower take built"]);
});

test("never none, at most six, whatever is typed", () => {
  for (const task of ["?", "the", "   a", "What? ".repeat(50), "How is a? Why is b? What is c? Who is d? When is e? Where is f? Which is g?"]) {
    expect(aspects(task).length).toBeGreaterThanOrEqual(1);
    expect(aspects(task).length).toBeLessThanOrEqual(6);
  }
});

test("knows what needs a model that invents", () => {
  for (const task of ["Write a poem about plugins", "Please translate the summary", "Generate a Python function that sorts", "Tell me a short funny joke"])
    expect(needsInvention(task)).toBe(true);
  for (const task of [
    "Write a report on the plugin system",
    "How do I write a plugin?",
    "What functions does the reply object have?",
    "Summarise the story of the project",
  ])
    expect(needsInvention(task)).toBe(false);
});
