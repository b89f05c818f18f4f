import { oneLine, pieces, readable } from "./unit.ts";

/**
 * Splits a paragraph into sentences by rules that need no locale data, so that Node and every browser agree
 * (Intl.Segmenter follows the ICU version). Every sentence is a verbatim slice of the paragraph's one-line form.
 */
export function splitSentences(paragraph: string): string[] {
  const text = oneLine(paragraph);
  const mask = masked(text);
  const out: string[] = [];
  let start = 0;
  for (const match of mask.matchAll(boundary)) {
    const end = match.index + match[0].trimEnd().length;
    if (match.index < start || !endsSentence(mask, start, match.index, match[1] ?? "", mask.slice(match.index + match[0].length))) continue;
    push(out, text.slice(start, end));
    start = match.index + match[0].length;
  }
  push(out, text.slice(start));
  return out;
}

function push(out: string[], sentence: string): void {
  for (const piece of pieces(sentence.trim())) if (readable(piece)) out.push(piece);
}

/** A terminator, what may close after it (quotes, brackets, emphasis), then a space, the end, or nothing after an ideographic stop. */
const boundary = /([.!?…]+)["'”’»)\]*_]*(?:\s+|$)|([。！？]+)["'”’」』）]*\s*/g;

/** Same length as the text; code spans, links and addresses are blanked, so that their punctuation ends nothing. */
function masked(text: string): string {
  const blank = (s: string) => "x".repeat(s.length);
  return text
    .replace(/(`+)(?!`)[^`]*?\1(?!`)/g, (s) => `X${blank(s.slice(1))}`)
    .replace(/!?\[[^[\]]*\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+"[^"]*")?\)/g, (s) => `X${blank(s.slice(1))}`)
    .replace(/\bhttps?:\/\/[^\s<>)\]]*[^\s<>)\].,;:!?'"*_]/g, blank);
}

const abbreviations = new Set(
  "e.g i.e cf vs viz al approx ca dr mr mrs ms prof sr jr st mt fig figs eq vol pp ch sec dept est inc ltd co corp gov gen sen rep jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k e.u a.k.a".split(
    " ",
  ),
);

function endsSentence(mask: string, start: number, at: number, mark: string, rest: string): boolean {
  const next = rest.charAt(0);
  if (next === "") return true;
  if (mark.startsWith("!") || mark.startsWith("?") || mark === "") return !/^[a-z]/.test(next);
  if (/^[\p{Ll},;:)]/u.test(rest)) return false;
  if (mark.length > 1 && /^\.+$/.test(mark)) return /^[\p{Lu}\p{Lo}"“'‘(*_`[]/u.test(rest);
  const before = mask.slice(start, at);
  const word = /[^\s("“'‘[*_]*$/.exec(before)?.[0] ?? "";
  if (word === "" || abbreviations.has(word.toLowerCase())) return false;
  if (/^nos?$/i.test(word) && /^\d/.test(rest)) return false;
  // An initial ("J. Smith"), or a list number that opens the sentence ("1. First").
  if (/^\p{Lu}$/u.test(word) && /^\p{Lu}/u.test(rest)) return false;
  return !(/^\d+$/.test(word) && before.trim() === word);
}
