import type { Criterion } from "@orrery/sdk";

/** Undefined where the rule is kept, else what is wrong. */
type Rule = (text: string, value: Criterion["value"]) => string | undefined;

const words = (text: string): number => text.replace(/\[[^[\]\n]+#\d+\]/g, " ").match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu)?.length ?? 0;
const sections = (text: string): number => text.match(/^#{1,6}\s+\S/gm)?.length ?? 0;

/** The rules a criterion can name. Citations do not count as words. */
export const rules: Readonly<Record<string, Rule>> = {
  "max-words": (text, value) => (words(text) > Number(value) ? `it has ${words(text)} words; at most ${Number(value)} words were asked for` : undefined),
  "min-words": (text, value) => (words(text) < Number(value) ? `it has ${words(text)} words; at least ${Number(value)} words were asked for` : undefined),
  "min-sections": (text, value) => (sections(text) < Number(value) ? `it has ${sections(text)} headings; at least ${Number(value)} were asked for` : undefined),
  contains: (text, value) => (text.toLowerCase().includes(String(value).toLowerCase()) ? undefined : `it does not contain "${String(value)}"`),
  excludes: (text, value) => (text.toLowerCase().includes(String(value).toLowerCase()) ? `it contains "${String(value)}"` : undefined),
};

/** Things that look like a citation and are not one: no number, or no path. */
export function malformedCitations(text: string): string[] {
  const plain = text.replace(/```[\s\S]*?```|`[^`\n]*`/g, " ");
  return [...plain.matchAll(/\[([^[\]\n]*\.[a-z0-9]{1,8}#[^[\]\n]*|#\d+)\](?!\()/gi)]
    .map((match) => match[0])
    .filter((found) => !/^\[[^[\]]+#[1-9]\d*\]$/.test(found));
}
