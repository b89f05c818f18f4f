import type { Sentence } from "@orrery/sdk";

/**
 * How well a sentence stands alone, 0–1; 0 for what is no statement: code, link lists, captions, crumbs of lists, lead-ins that end in a colon.
 * A sentence that leans on the one before ("This…", "However…") counts less than one that says what it speaks of.
 */
export function standsAlone(sentence: Pick<Sentence, "text" | "kind">): number {
  const { kind } = sentence;
  if (kind === "code" || kind === "heading") return 0;
  const text = sentence.text.replace(/^(?:[⚠ℹ]\ufe0f?\s*)?(?:\*\*)?(?:Note|Security|Important|Warning|Tip)(?:\*\*)?:(?:\*\*)?\s*/iu, "");
  const plain = text.replace(/!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])?/g, "$1").replace(/[`*_~]/g, "");
  const words = plain.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
  if (kind === "data" || kind === "table") return words < 3 || plain.length > 500 ? 0 : 0.72;
  if (words < 5 || plain.length > 600) return 0;
  if (/[:,;–-]["')\]]*$/.test(plain) || /^(?:table of contents|see also|click|usage|example)\b/i.test(plain)) return 0;
  if (linked(text) > 0.6) return 0;
  let quality = kind === "list" ? 0.95 : 1;
  if (!/[.!?…。！？]["'”’)\]*_`]*$/.test(text)) quality *= kind === "list" && words >= 7 ? 0.85 : 0.5;
  if (/\?["'”’)\]*_]*$/.test(plain)) quality *= 0.55;
  if (/!["'”’)\]*_]*$/.test(plain)) quality *= 0.75;
  if (kind === "list" && /^!?\[/.test(text)) quality *= 0.5;
  if (words < 7) quality *= 0.85;
  if (words > 45) quality *= 0.85;
  if (leans(plain)) quality *= 0.75;
  if (/^see\b|\b(?:see|refer to|read|visit|review|check)\b[^.]{0,40}\[|\b(?:more (?:information|details?|info)|(?:know|learn|read) more)\b/i.test(text))
    quality *= 0.4;
  if (/<\/?[a-z]/i.test(text.replace(/`[^`]*`/g, ""))) quality *= 0.7;
  if (
    /\b(?:for example|e\.g\.|see (?:the|below|above|also|how|here|\[)|as follows|the following|(?:the )?(?:example|snippet|code) (?:above|below)|above example|let['’]s|you now know|now you know|we have seen|tell us|have fun|enjoy|congratulations|awesome|we will|in this (?:guide|section|tutorial|document)|read (?:more|this)|check out)\b|(?:^|\s)see\s*$/i.test(
      plain,
    )
  )
    quality *= 0.7;
  if (/^\p{Ll}/u.test(plain) && !/^[`]/.test(text)) quality *= 0.8;
  if (unbalanced(plain)) quality *= 0.6;
  return quality;
}

/** Begins with a word for something said before ("This…", "If not…", "However…", "In that case…"): not clear alone. */
export function leans(text: string): boolean {
  return /^[^\p{L}]*(?:this|that|these|those|it|its|they|their|them|he|she|such|therefore|here|so|but|however|also|thus|hence|then|otherwise|instead|additionally|furthermore|moreover|similarly|finally|lastly|first(?:ly)?|second(?:ly)?|next|now|and|or|nor|yet|worse|better|if (?:it|not|so|this|that|they|any|these)|when (?:it|this|that|they|set|enabled|disabled)|by (?:doing|setting|default it)|as (?:you|we|seen|mentioned|an? (?:result|consequence))|(?:in|on|of|for|with|by|from|at|to|after|before|until|since|using|because of) (?:this|that|these|those|such|it|them|which|the (?:above|following|previous|latter|former))|in (?:other words|addition|contrast)|both|each of|the (?:above|following|latter|former|example|snippet|same)|\p{L}+ (?:in|of|with) (?:this|that|these|those))\b/iu.test(
    text,
  );
}

/** Share of the letters that are the text of links. */
function linked(text: string): number {
  let inside = 0;
  const outside = text.replace(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, (_whole, label: string) => {
    inside += label.length;
    return "";
  });
  return inside / Math.max(1, inside + outside.replace(/[^\p{L}\p{N}]/gu, "").length);
}

const unbalanced = (text: string): boolean => (text.match(/\(/g)?.length ?? 0) !== (text.match(/\)/g)?.length ?? 0);
