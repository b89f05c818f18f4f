import { contentWords } from "./words.ts";

/** One thing a task asks for: what its section is called and what is searched for it. */
export interface Aspect {
  readonly title: string;
  readonly query: string;
  /** The question it belongs to, where that is another one. */
  readonly context?: string;
}

const asks =
  "(?:(?:(?:in|at|to|from|by|for|with|under|since|until) )?(?:what|which|whom|whose)|how|why|when|where|who|whether|is|are|was|were|does|do|did|can|could|should|will|would|has|have)";
/** Told to the writer, not asked of the documents. */
const instruction =
  /\b(?:contradict\w*|disagree\w*|conflict\w* (?:between|among|in) the|cite|citations?|quotes?|sources?|at most|no more than|\d+ words|bullet\w*|format|markdown|in one page|be (?:brief|short|concise))\b/i;
const lead =
  /^(?:(?:please|kindly|also|then|and|now|finally|first|next)[, ]+)*(?:(?:can|could|would) you )?(?:write|give|make|prepare|produce|create|draft|tell|show|explain|describe|summari[sz]e|compare|outline|list|find(?: out)?|report|review|analy[sz]e|research|assess|answer|discuss|cover|check|look (?:at|into))\b(?: (?:me|us|up))?(?: (?:a|an|the|one)? ?(?:\w+ ){0,2}?(?:report|summary|overview|brief(?:ing)?|memo|note|answer|analysis|list|page) (?:on|of|about|for|that|which|covering|saying|:))?[: ]*(?:about |on )?/i;

/**
 * Splits a task into the things it asks: at line and sentence ends, semicolons, and "and how…", "and what…". A later part that says
 * "its" or "their" gets the first part's subject; so does a part with the question it belongs to behind it in brackets. At most six; never none.
 */
export function aspects(task: string, earlier = ""): Aspect[] {
  const out = task
    .split(/\n+/)
    .filter((line) => contentWords(line).length > 0)
    .flatMap((line) => lineAspects(line, earlier));
  const known = new Set<string>();
  const distinct = out.filter(({ query }) => !known.has(query.toLowerCase()) && known.add(query.toLowerCase()));
  return distinct.length > 0 ? distinct.slice(0, 6) : [{ title: heading(task), query: task }];
}

function lineAspects(line: string, earlier: string): Aspect[] {
  const anchored = /^(.+?)\s*\(([^()]{8,})\)\s*$/.exec(line);
  const [text, context] = anchored ? [anchored[1] ?? line, anchored[2] ?? earlier] : [line, earlier];
  const clauses = text
    .replace(/\s+/g, " ")
    .split(/(?<=[.?!;])\s+|;\s*/)
    .flatMap((part) => part.split(new RegExp(`(?:,\\s*and|,|\\band)\\s+(?=${asks}\\b)`, "i")))
    .map((part) => part.trim().replace(/[.;:,\s]+$/, ""))
    .filter((part) => contentWords(part).length > 0);
  const asked = clauses.filter((clause) => !instruction.test(clause));
  const subject = subjectOf(context) ?? subjectOf(asked[0] ?? "") ?? "";
  return (asked.length > 0 ? asked : clauses).map((clause, i) => {
    const bare = (clause.replace(lead, "").trim() || clause).replace(/[?\s]+$/, "");
    // A part as short as "and what are the risks" says nothing of whose.
    const short = contentWords(bare).length <= 2 && !bare.toLowerCase().includes(subject.toLowerCase());
    const refers = (i > 0 || context !== "") && subject !== "" && (short || /\b(?:its|their|it|they|them|this|that|these|those|ones?)\b/i.test(bare));
    const query = bare.replace(/\b(?:its|their)\b/gi, `the ${subject}`).replace(/\b(?:it|they|them|ones)\b/gi, subject);
    return {
      title: heading(bare),
      query: !refers ? bare : followed(query === bare ? `${bare} ${subject}` : query, i === 0 && !anchored ? earlier : ""),
      ...(anchored && refers ? { context } : {}),
    };
  });
}

/** A follow-up is also about what the task before it was about: that task's words come behind its own. */
function followed(query: string, earlier: string): string {
  const have = new Set(contentWords(query).map((word) => word.stem));
  const more = contentWords(earlier)
    .filter((word) => !have.has(word.stem))
    .slice(0, 6);
  return [query, ...more.map((word) => word.text)].join(" ");
}

/** "the plugin system" in "How does the plugin system isolate errors"; "the Aurora" where a name stands. */
function subjectOf(clause: string): string | undefined {
  const stop = `(?:${asks}|of|in|on|at|for|to|and|or|with|by|from|be|been|that)`;
  const name = /(?:\b[Tt]he|\b[Oo]ur|\w)\s+(\p{Lu}[\p{L}\p{N}]+(?: \p{Lu}[\p{L}\p{N}]+)*)/u.exec(clause);
  if (name?.[1]) return name[1];
  const what = new RegExp(
    `\\b(?:what|which)\\s+((?:(?!${stop}\\b)[\\p{L}'-]+\\s+){1,2}?)(?:are|is|was|were|do|does|did|can|should|will|has|have)\\b`,
    "iu",
  ).exec(clause)?.[1];
  if (what) return what.trim();
  return new RegExp(
    `\\b(?:the|our|a|an|this|these)\\s+((?:(?:new|old|current|main|whole|first|next|last)\\s+)?(?:(?!${stop}\\b)[\\p{L}\\p{N}'-]+\\s+)?(?!${stop}\\b)[\\p{L}\\p{N}'-]+)`,
    "iu",
  ).exec(clause)?.[1];
}

const heading = (clause: string): string => {
  const text = clause.replace(/[?\s]+$/, "").replace(/^#+\s*/, "");
  return (text.charAt(0).toUpperCase() + text.slice(1)).slice(0, 140);
};

const generative =
  /\b(?:write|compose|create|make(?: up)?|invent|generate|draft|tell|give|sing)\b[^.?!]{0,40}\b(?:poems?|haikus?|limericks?|sonnets?|stor(?:y|ies)|tales?|songs?|lyrics|jokes?|novels?|fiction|slogans?|code|functions?|scripts?|programs?|class(?:es)?|regex(?:es)?|sql|unit tests?|tweets?)\b|\btranslate\b|\b(?:roleplay|role-play|pretend)\b|\b(?:implement|refactor|debug)\b[^.?!]{0,40}\b(?:code|function|class|script|program|algorithm)\b/i;

/** True for what only a model that invents text can do. */
export const needsInvention = (task: string): boolean => generative.test(task);
