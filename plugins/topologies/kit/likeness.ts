import { canonicalJson, type Json } from "@orrery/sdk";
import { z } from "zod";
import type { Answer } from "./answer.ts";
import { jsonIn } from "./json-in.ts";
import type { Encode } from "./topology.ts";

/** When two outputs say the same: for votes, quorums and "nothing changed". */
export const similarity = z
  .strictObject({
    /**
     * `exact`: letter by letter. `text`: the structured `answer` where both have one, else the words, whatever their case, spacing, emphasis and closing marks.
     * `json`: the structured output, whatever the order of its members. `embedding`: vectors at least `atLeast` alike.
     */
    by: z.enum(["exact", "text", "json", "embedding"]).default("text"),
    /** Cosine, 0–1. */
    atLeast: z.number().min(0).max(1).default(0.9),
  })
  .prefault({});
export type Similarity = z.infer<typeof similarity>;

export interface Likeness {
  same(a: Answer, b: Answer): boolean;
  /** The way that was used: `"text (no encoder here)"` where vectors were asked for and there are none. */
  readonly used: string;
}

const words = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[*_`#>]+/g, "")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[.!?\s]+$/, "");

/** What the structured output says the answer is; undefined without one. */
function stated({ data }: Answer): string | undefined {
  if (data === null || typeof data !== "object" || Array.isArray(data)) return undefined;
  const { answer } = data as { readonly answer?: Json };
  return answer === undefined ? undefined : canonicalJson(answer);
}

/** The structured `answer` where either has one, else the normalised words. */
export function sameText(a: Answer, b: Answer): boolean {
  const [one, other] = [stated(a), stated(b)];
  return one !== undefined || other !== undefined ? one === other : words(a.text) === words(b.text);
}

function sameJson(a: Answer, b: Answer): boolean {
  const [one, other] = [a.data ?? jsonIn(a.text), b.data ?? jsonIn(b.text)];
  return one === undefined || other === undefined ? sameText(a, b) : canonicalJson(one) === canonicalJson(other);
}

/** English words that say nothing by themselves. */
export const common = new Set(
  "a an and are as at be but by can do for from has have in is it not of on or that the they this to was we were which will with".split(" "),
);

/** The encoder knows English only and takes any two texts of another language for the same: at least a tenth must be common English words. */
export function english(text: string): boolean {
  const all = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return all.filter((word) => common.has(word)).length >= all.length / 10;
}

export const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, member, i) => sum + member * (b[i] ?? 0), 0);

/** How to compare these answers, with their vectors made where they are needed; where there are none, by normalised text. */
export async function likeness({ by, atLeast }: Similarity, answers: readonly Answer[], encode: Encode): Promise<Likeness> {
  if (by === "exact") return { used: by, same: (a, b) => a.text === b.text };
  if (by === "text") return { used: by, same: sameText };
  if (by === "json") return { used: by, same: sameJson };
  const texts = [...new Set(answers.map((answer) => answer.text).filter(english))];
  if (texts.length === 0) return { used: "text (not English)", same: sameText };
  const made = await encode(texts).catch(() => undefined);
  if (!made) return { used: "text (no encoder here)", same: sameText };
  const vectors = new Map(texts.map((text, i) => [text, made[i]]));
  return {
    used: by,
    same: (a, b) => {
      const [one, other] = [vectors.get(a.text), vectors.get(b.text)];
      return sameText(a, b) || (one !== undefined && other !== undefined && cosine(one, other) >= atLeast);
    },
  };
}
