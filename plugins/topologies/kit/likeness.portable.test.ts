import { describe, expect, test } from "vitest";
import { type Answer, answerOf, jsonIn, likeness, similarity, vote } from "./index.ts";

const said = (text: string, data?: Answer["data"]): Answer =>
  answerOf({ path: `r0/${text}`, agent: text, ok: true, text, ...(data === undefined ? {} : { data }) });
const nowhere = async (): Promise<undefined> => undefined;
const vectors: Record<string, number[]> = {
  "the ship is fast": [1, 0],
  "it is a fast ship": [0.96, 0.28],
  "the cat is on the mat": [0, 1],
};
const encode = async (texts: string[]): Promise<Float32Array[]> => texts.map((text) => Float32Array.from(vectors[text] ?? [0, 0]));

test.each([
  ["exact", "yes", "yes", true],
  ["exact", "yes", "Yes", false],
  ["text", "**Yes**, it  is.", "yes, it is", true],
  ["text", "yes", "no", false],
  ["json", '```json\n{"a": 1, "b": [2]}\n```', 'It is {"b": [2], "a": 1}.', true],
  ["json", '{"a": 1}', '{"a": 2}', false],
  ["json", "Plain words", "plain words.", true],
] as const)("by %s, %s and %s: %s", async (by, one, other, same) => {
  const answers = [said(one), said(other)] as const;
  const like = await likeness(similarity.parse({ by }), answers, nowhere);
  expect([like.same(...answers), like.used]).toEqual([same, by]);
});

test("by text, the structured answer counts before the words", async () => {
  const like = await likeness(similarity.parse({}), [], nowhere);
  expect(like.same(said("I think so", { answer: "yes" }), said("Certainly", { answer: "yes" }))).toBe(true);
  expect(like.same(said("same", { answer: 1 }), said("same", { answer: 2 }))).toBe(false);
});

describe("by embedding", () => {
  const by = similarity.parse({ by: "embedding" });
  const [fast, ship, cat] = [said("the ship is fast"), said("it is a fast ship"), said("the cat is on the mat")];
  test("texts as near as the threshold are the same, whatever their words", async () => {
    const like = await likeness(by, [fast, ship, cat], encode);
    expect([like.used, like.same(fast, ship), like.same(fast, cat)]).toEqual(["embedding", true, false]);
    expect((await likeness({ ...by, atLeast: 0.97 }, [fast, ship], encode)).same(fast, ship)).toBe(false);
  });
  test("without an encoder, with one that fails, or in another language, words decide, and it is said", async () => {
    const like = await likeness(by, [fast, ship], nowhere);
    expect([like.used, like.same(fast, ship)]).toEqual(["text (no encoder here)", false]);
    expect((await likeness(by, [fast], () => Promise.reject(new Error("no model")))).used).toBe("text (no encoder here)");
    const german = [said("Das Schiff fährt schnell"), said("Die Katze schläft")] as const;
    const foreign = await likeness(by, german, encode);
    expect([foreign.used, foreign.same(...german)]).toEqual(["text (not English)", false]);
  });
});

test("a vote goes to the larger side, then to the side judged higher, then to the first", async () => {
  const like = await likeness(similarity.parse({}), [], nowhere);
  const judged = (text: string, score: number): Answer => ({ ...said(text), score });
  expect(vote([said("no"), said("yes"), said("Yes.")], like)).toMatchObject({ answer: { text: "yes" }, votes: 2, of: 3 });
  expect(vote([judged("no", 0.2), judged("yes", 0.9)], like)?.answer.text).toBe("yes");
  expect(vote([said("no"), said("yes")], like)?.answer.text).toBe("no");
  expect(vote([], like)).toBeUndefined();
});

test("JSON is found alone, fenced, or among words; numbers and prose are not it", () => {
  expect(jsonIn('{"a":1}')).toEqual({ a: 1 });
  expect(jsonIn("Here:\n```json\n[1, 2]\n```\nDone.")).toEqual([1, 2]);
  expect(jsonIn('The plan is {"x": {"y": 1}} as asked.')).toEqual({ x: { y: 1 } });
  expect([jsonIn("7"), jsonIn("no {json} here"), jsonIn("")]).toEqual([undefined, undefined, undefined]);
});
