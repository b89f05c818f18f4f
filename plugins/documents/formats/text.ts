import { splitSentences } from "../split.ts";
import { oneLine, pieces, readable, type Unit } from "../unit.ts";

/** Plain text: paragraphs between blank lines; wrapped lines are joined, short lines and list items stand alone, underlined or capital lines are headings. */
export function readText(source: string): Unit[] {
  const units: Unit[] = [];
  let headings: string[] = [];
  for (const block of source.replace(/^\ufeff/, "").split(/\r?\n[ \t]*(?:\r?\n[ \t]*)+|\r\r+|\f/)) {
    const lines = block.split(/\r\n?|\n/).filter((line) => line.trim() !== "");
    const rest = lines.slice(titleLines(lines));
    if (rest.length < lines.length) headings = [oneLine(lines[0] ?? "")];
    for (const { text, kind } of joined(rest)) for (const sentence of splitSentences(text)) units.push({ text: sentence, headings, kind });
  }
  return units;
}

/** How many lines at the top of a block are its heading: an underlined line is two, a line in capitals is one. */
function titleLines(lines: readonly string[]): number {
  const first = oneLine(lines[0] ?? "");
  if (!readable(first)) return 0;
  if (first.length <= 100 && /^\s*(?:={3,}|-{3,}|~{3,})\s*$/.test(lines[1] ?? "")) return 2;
  return first.length <= 80 && /\p{Lu}.*\p{Lu}/u.test(first) && first === first.toUpperCase() && !/[.!?]$/.test(first) ? 1 : 0;
}

const bullet = /^\s*(?:[-*•–]|\d{1,3}[.)])\s+/;

/** A line goes on in the next when it is long enough to have been wrapped, or does not look finished while the next begins in lower case. */
function joined(lines: readonly string[]): { text: string; kind: Unit["kind"] }[] {
  const out: { text: string; kind: Unit["kind"] }[] = [];
  let previous = "";
  for (const line of lines) {
    const last = out.at(-1);
    const item = bullet.test(line);
    const wrapped = last && !item && (previous.length >= 55 || /^\s*\p{Ll}/u.test(line) || (last.kind === "list" && /^\s{2,}/.test(line)));
    if (wrapped) last.text += ` ${line}`;
    else out.push({ text: line.replace(bullet, ""), kind: item ? "list" : "prose" });
    previous = line.trim();
  }
  return out;
}

/** Source code: comments give sentences, the rest one unit a block between blank lines. */
export function readCode(source: string): Unit[] {
  const units: Unit[] = [];
  for (const block of source.replace(/^\ufeff/, "").split(/\r?\n[ \t]*(?:\r?\n[ \t]*)+/)) {
    let comment: string[] = [];
    let code: string[] = [];
    const flush = () => {
      for (const text of splitSentences(comment.join(" "))) units.push({ text, headings: [], kind: "prose" });
      const line = oneLine(code.join(" "));
      if (readable(line)) for (const text of pieces(line)) units.push({ text, headings: [], kind: "code" });
      comment = [];
      code = [];
    };
    for (const line of block.split(/\r?\n/)) {
      const marked = /^\s*(?:\/\/+!?|\/\*+!?|\*+\/?|#+(?!!)|--+|;+|%+)\s?(.*?)\s*(?:\*+\/)?\s*$/.exec(line);
      if (marked && !/^\s*#\s*(?:include|define|if|endif|pragma)/.test(line)) {
        if (code.length > 0) flush();
        comment.push(marked[1] ?? "");
      } else code.push(line);
    }
    flush();
  }
  return units;
}
