import type { Classified, PrivateSpan } from "@orrery/sdk";
import { namesIn } from "./names.ts";
import { shadowOf } from "./shadow.ts";
import { structuredIn } from "./structured.ts";

const tooLong = 200_000;

/** Spans that overlap or touch inside one word become one, of the type found first. */
function joined(spans: readonly PrivateSpan[]): PrivateSpan[] {
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.end - a.end);
  const out: PrivateSpan[] = [];
  for (const span of sorted) {
    const last = out.at(-1);
    if (last && span.start < last.end) last.end = Math.max(last.end, span.end);
    else out.push({ ...span });
  }
  return out;
}

/** Why names cannot be told apart in this text: then nothing of it may leave. */
function doubtsAbout(text: string): string[] {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  const words = text.match(/\p{L}{2,}/gu)?.length ?? 0;
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0;
  const doubts: string[] = [];
  if (text.length > tooLong) doubts.push(`it is longer than ${tooLong} characters`);
  if (letters > 0 && latin / letters < 0.7) doubts.push("most of it is in another script, where capitals do not tell names");
  if (words >= 4 && capitals === 0) doubts.push("it has no capitals, so names in it cannot be told from other words");
  if (words >= 4 && capitals / letters > 0.6) doubts.push("it is in capitals, so names in it cannot be told from other words");
  if (/[A-Za-z0-9+/=_-]{64,}/.test(text)) doubts.push("it holds something encoded");
  return doubts;
}

/** What of a text is about somebody, by form and by capitals, and whether that can be relied on. */
export function classify(original: string): Classified {
  if (original.length > tooLong) return { spans: [], doubts: doubtsAbout(original) };
  const { text, at } = shadowOf(original);
  const inOriginal = ({ type, start, end }: PrivateSpan): PrivateSpan => {
    // What ends within what one character stands for ends behind that character.
    let last = end;
    while (last < text.length && at[last] === at[end - 1]) last += 1;
    return { type, start: at[start] ?? 0, end: at[last] ?? original.length };
  };
  const structured = structuredIn(text).map(inOriginal);
  const spans = joined([...structured, ...namesIn(text).map(inOriginal)]).map((span) => {
    const inside = structured.find((found) => found.start >= span.start && found.end <= span.end);
    return { ...span, type: inside?.type ?? span.type };
  });
  return { spans, doubts: doubtsAbout(text) };
}
