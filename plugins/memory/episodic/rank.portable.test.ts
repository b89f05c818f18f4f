import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Episode } from "./episode.ts";
import { quality, rank, recency } from "./rank.ts";
import { cosine, pack, unpack } from "./vector.ts";
import { encodable, stems } from "./words.ts";

const thresholds = { vectors: 0.55, words: 0.4 };
const day = 86_400_000;
const now = 1_000 * day;
const episode = (id: string, task: string, more: Partial<Episode> = {}): Episode => ({
  id,
  run: `run_${id}`,
  workspace: "w",
  task,
  summary: "",
  claims: [],
  judged: 1,
  status: "accepted",
  at: now,
  ...more,
});
const ask = (text: string, episodes: Episode[]) => rank(episodes, { text, vector: undefined, thresholds, halfLifeDays: 30, now }).map((one) => one.episode.id);

describe("relevance by words", () => {
  const errors = episode("errors", "How does the plugin system isolate errors, and what are its limits?");
  const cooking = episode("cooking", "Which herbs go well with roasted potatoes?");
  test("a related request recalls, an unrelated one does not", () => {
    expect(ask("How are errors of a plugin isolated?", [errors, cooking])).toEqual(["errors"]);
    expect(ask("What is the capital of France?", [errors, cooking])).toEqual([]);
  });
  test("one shared word among several is not enough", () => {
    expect(ask("What are the limits of a mortgage?", [errors])).toEqual([]);
  });
  test("scripts without spaces are compared too", () => {
    expect(ask("插件系统如何隔离错误", [episode("zh", "插件系统怎样隔离错误？"), cooking])).toEqual(["zh"]);
  });
});

describe("the order", () => {
  test("is relevance × recency × quality", () => {
    const text = "plugin error isolation";
    expect(ask(text, [episode("poor", `${text} one`, { judged: 0 }), episode("good", `${text} two`)])).toEqual(["good", "poor"]);
    expect(ask(text, [episode("old", `${text} one`, { at: now - 365 * day }), episode("new", `${text} two`)])).toEqual(["new", "old"]);
    const [first] = rank([episode("x", text, { judged: 0.5, at: now - 30 * day })], {
      text,
      vector: undefined,
      thresholds: { vectors: 0, words: 0 },
      halfLifeDays: 30,
      now,
    });
    expect(first?.relevance).toBe(1);
    expect(first?.rank).toBeCloseTo(0.75 * 0.75);
  });
  test("takes the best of several runs of one request", () => {
    expect(
      ask("plugin error isolation", [
        episode("first", "Plugin error isolation", { judged: 0.4 }),
        episode("second", "plugin error isolation?", { judged: 0.9 }),
      ]),
    ).toEqual(["second"]);
  });
  test("recency falls from 1 to ½ and never rises with age; a clock set back counts as now", () => {
    expect([recency(now, now, 30), recency(now - 30 * day, now, 30), recency(now + day, now, 30)]).toEqual([1, 0.75, 1]);
    expect(recency(0, now * 1_000, 30)).toBeCloseTo(0.5);
    expect([quality(0), quality(1)]).toEqual([0.5, 1]);
  });
  test("does not depend on the order episodes are stored in", () => {
    const set = ["a", "b", "c", "d"].map((id, i) => episode(id, `plugin error isolation number ${id}${i}`, { judged: i / 4, at: now - i * day }));
    const expected = ask("plugin error isolation", set);
    fc.assert(fc.property(fc.shuffledSubarray(set, { minLength: 4 }), (shuffled) => void expect(ask("plugin error isolation", shuffled)).toEqual(expected)));
  });
});

describe("relevance by vectors", () => {
  const unit = (...members: number[]) => Float32Array.from(members, (member) => member / Math.hypot(...members));
  test("finds what shares no word, with the same model's vectors only", () => {
    const near = episode("near", "Fault containment in extensions", { vector: { model: "m", data: pack(unit(1, 0.2, 0)) } });
    const other = episode("other", "Something else", { vector: { model: "another", data: pack(unit(1, 0, 0)) } });
    const found = rank([near, other], { text: "plugin error isolation", vector: { model: "m", data: unit(1, 0, 0) }, thresholds, halfLifeDays: 30, now });
    expect(found.map((one) => one.episode.id)).toEqual(["near"]);
  });
  test("a packed vector keeps its cosine within 0.01", () => {
    const vector = fc
      .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 64, maxLength: 64 })
      .filter((members) => Math.hypot(...members) > 1)
      .map((members) => unit(...members));
    fc.assert(fc.property(vector, vector, (a, b) => Math.abs(cosine(unpack(pack(a)), unpack(pack(b))) - cosine(a, b)) < 0.01));
  });
});

test("stems drop common words and fold forms", () => {
  expect([...stems("How are the errors of Plugins isolated?")]).toEqual(["error", "plugin", "isol"]);
});

test("only content words of English requests are encoded", () => {
  expect(encodable("How do I enable HTTP2?")).toBe("enable http2");
  for (const text of ["Кто платит за паром?", "插件系统如何隔离错误", "Wer bezahlt die Fähre?", "HTTP2 settings", "how", ""])
    expect(encodable(text)).toBeUndefined();
});
