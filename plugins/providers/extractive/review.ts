import type { Artifact } from "@orrery/sdk";
import type { Corpus } from "./corpus.ts";
import { citedLines } from "./merge.ts";
import { aspects } from "./question.ts";
import { shared, stems } from "./words.ts";

/** What can be said of an output without understanding it: is it cited, are the citations true, does it repeat itself, does it leave parts of the task out. */
export interface Review {
  agent: string;
  step: string;
  /** 0–1: the mean of the four shares below. */
  score: number;
  cited: number;
  grounded: number;
  distinct: number;
  covered: number;
  problems: string[];
}

export function review(artifact: Artifact, task: string, corpus: Corpus | undefined): Review {
  const lines = artifact.text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const quotes = citedLines(artifact.text);
  const problems: string[] = [];
  const bare = lines.filter((line) => citedLines(line).length === 0);
  if (bare.length > 0) problems.push(`${bare.length} of ${lines.length} lines carry no citation: "${clip(bare[0] ?? "")}"`);
  const wrong = corpus ? quotes.filter((quote) => corpus.at(quote.path, quote.n)?.text !== quote.text) : [];
  for (const quote of wrong.slice(0, 3)) problems.push(`[${quote.path}#${quote.n}] does not say "${clip(quote.text)}"`);
  const bags = quotes.map((quote) => stems(quote.text));
  const repeats = bags.filter((bag, i) => bags.slice(0, i).some((earlier) => shared(bag, earlier) > 0.8)).length;
  if (repeats > 0) problems.push(`${repeats} sentences repeat another one`);
  const all = stems(artifact.text);
  const asked = aspects(task);
  const open = asked.filter(({ query }) => shared(stems(query), all, corpus?.weight) < 0.3);
  for (const { title } of open) problems.push(`nothing on: ${title}`);
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  const parts = {
    cited: share(lines.length - bare.length, lines.length),
    grounded: corpus ? share(quotes.length - wrong.length, quotes.length) : 0,
    distinct: share(quotes.length - repeats, quotes.length),
    covered: share(asked.length - open.length, asked.length),
  };
  const score = Math.round(((parts.cited + parts.grounded + parts.distinct + parts.covered) / 4) * 1e4) / 1e4;
  return { agent: artifact.agent, step: artifact.step, score, ...parts, problems };
}

/** Outputs from best to worst; ties in the order they came. */
export const ranked = (inputs: readonly Artifact[], task: string, corpus: Corpus | undefined): Review[] =>
  inputs.map((input) => review(input, task, corpus)).sort((a, b) => b.score - a.score);

/** What two or more outputs share and what only one of them has, by the places they cite. */
export function compareOutputs(inputs: readonly Artifact[]): { shared: string[]; only: { agent: string; lines: string[] }[] } {
  const cited = inputs.map((input) => ({
    agent: input.agent,
    lines: new Map(citedLines(input.text).map((quote) => [`${quote.path}#${quote.n}`, `${quote.text} [${quote.path}#${quote.n}]`])),
  }));
  const everywhere = [...(cited[0]?.lines ?? new Map<string, string>())].filter(([key]) => cited.every(({ lines }) => lines.has(key)));
  return {
    shared: everywhere.map(([, line]) => line),
    only: cited.map(({ agent, lines }) => ({
      agent,
      lines: [...lines].filter(([key]) => cited.filter((other) => other.lines.has(key)).length === 1).map(([, line]) => line),
    })),
  };
}

const clip = (text: string): string => (text.length > 90 ? `${text.slice(0, 87)}…` : text);
