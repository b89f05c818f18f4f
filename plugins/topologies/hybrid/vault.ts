import type { Classified, PrivateSpan } from "@orrery/sdk";

/** What was taken out of a run's texts, and what stands for it: the same value has the same placeholder throughout the run. */
export type Vault = { type: string; value: string; placeholder: string }[];
/** `failed`: no answer came, and the spans are not to be relied on. */
export type Classify = (text: string) => Promise<Classified & { failed?: boolean }>;

const placeholder = /⟦[A-Z]+_\d+⟧/g;
/** Marks that only placeholders may hold: written by anyone else, they are taken out themselves. */
const marks = /⟦[^⟦⟧\s]{0,40}⟧|[⟦⟧]/g;
/** Addresses, links and images: what is put back there would be sent to whoever serves it. */
const addresses = /[^\s<>]*(?:\/\/|\]\()[^\s<>]*/g;

const found = (text: string, pattern: RegExp, type: string): PrivateSpan[] =>
  [...text.matchAll(pattern)].map((match) => ({ type, start: match.index, end: match.index + match[0].length }));

/** In order, overlaps made one, and an address that holds anything private taken out whole. */
function whole(text: string, spans: readonly PrivateSpan[]): PrivateSpan[] {
  const touched = found(text, addresses, "URL").filter(({ start, end }) => spans.some((span) => span.start < end && span.end > start));
  const merged: PrivateSpan[] = [];
  for (const span of [...touched, ...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last && span.start < last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return merged;
}

function taken(text: string, spans: readonly PrivateSpan[], vault: Vault): { text: string; vault: Vault } {
  const after = [...vault];
  let out = "";
  let at = 0;
  for (const { type, start, end } of whole(text, spans)) {
    const value = text.slice(start, end);
    const name = type.replace(/[^A-Z]/g, "") || "PRIVATE";
    let entry = after.find((known) => known.type === name && known.value === value);
    if (!entry) {
      entry = { type: name, value, placeholder: `⟦${name}_${1 + after.filter((known) => known.type === name).length}⟧` };
      after.push(entry);
    }
    out += text.slice(at, start) + entry.placeholder;
    at = end;
  }
  return { text: out + text.slice(at), vault: after };
}

/** A text with its placeholders blank, every other character where it was. */
export const masked = (text: string): string => text.replace(placeholder, (whole) => "\n".repeat(whole.length));
const roundsAtMost = 4;

/** A text that may leave, the vault grown by what was taken out of it, and every type that was found in it. */
export interface Redacted {
  text: string;
  vault: Vault;
  types: string[];
}

/**
 * A text with all that is private taken out. What is left is classified again until nothing is found;
 * where that does not end, or the classifier doubts the text or fails, there are the reasons why nothing of it may leave.
 */
export async function redacted(text: string, vault: Vault, classify: Classify, isPrivate: (type: string) => boolean): Promise<Redacted | { doubts: string[] }> {
  const { doubts } = await classify(text);
  if (doubts.length > 0) return { doubts };
  const types = new Set<string>();
  let now = taken(text, found(text, marks, "LITERAL"), vault);
  for (let round = 0; round < roundsAtMost; round += 1) {
    // A text with holes may well look doubtful; a classifier that fails is another matter.
    const { spans, failed } = await classify(masked(now.text));
    if (failed) return { doubts: ["the classifier failed"] };
    const left = spans.filter(({ type }) => isPrivate(type));
    if (left.length === 0) return { ...now, types: [...types] };
    for (const { type } of left) types.add(type);
    now = taken(now.text, left, now.vault);
  }
  return { doubts: ["what was left after taking private words out still looked private"] };
}

/** The values back in place of their placeholders, but in addresses and links. A placeholder nobody gave out stays what it is: words. */
export function restored(text: string, vault: Vault): string {
  const put = (part: string): string => part.replace(placeholder, (whole) => vault.find((entry) => entry.placeholder === whole)?.value ?? whole);
  let out = "";
  let at = 0;
  for (const match of text.matchAll(addresses)) {
    const alone = match[0].replace(placeholder, "") === "";
    out += put(text.slice(at, match.index)) + (alone ? put(match[0]) : match[0]);
    at = match.index + match[0].length;
  }
  return out + put(text.slice(at));
}

/** The known values of a vault replaced wherever a text holds them. */
export function replaced(text: string, vault: Vault): string {
  return [...vault].sort((a, b) => b.value.length - a.value.length).reduce((now, { value, placeholder }) => now.replaceAll(value, placeholder), text);
}
