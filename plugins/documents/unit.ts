import type { Sentence } from "@orrery/sdk";

/** What a format's parser yields: a sentence before it is numbered. */
export type Unit = Pick<Sentence, "text" | "headings" | "kind">;

const longest = 1_200;

/** Folds white space and control characters to single spaces, so that a unit is one line. Lone surrogates become U+FFFD. */
export function oneLine(text: string): string {
  return text
    .replace(/[\ud800-\udfff]/gu, "\ufffd")
    .replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ")
    .trim();
}

/** Cuts a run of text nobody punctuated at white space, so that no unit is longer than 1,200 characters where that is possible without cutting a word shorter than that. */
export function pieces(text: string): string[] {
  const out: string[] = [];
  let rest = text;
  while (rest.length > longest) {
    const space = rest.lastIndexOf(" ", longest);
    let cut = space > longest / 2 ? space : longest;
    if (/[\ud800-\udbff]/.test(rest.charAt(cut - 1))) cut -= 1;
    out.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  if (rest) out.push(rest);
  return out;
}

/** True when there is something a reader could read: a letter or a digit. */
export const readable = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);
