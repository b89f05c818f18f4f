import type { Corpus } from "./corpus.ts";
import { standsAlone } from "./quality.ts";
import type { Claim, Findings } from "./shapes.ts";
import { shared, stems } from "./words.ts";

const kept = 12;

/** The sentences nearest to what each document as a whole is about (its stems weighted by rarity), spread over the documents, no two alike. */
export function summarise(title: string, corpus: Corpus): Findings {
  const files = new Map<string, Map<string, number>>();
  for (const sentence of corpus.sentences) {
    const counts = files.get(sentence.path) ?? new Map<string, number>();
    files.set(sentence.path, counts);
    for (const stem of stems(sentence.text)) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  }
  const scored = corpus.sentences
    .map((sentence) => {
      const counts = files.get(sentence.path) as Map<string, number>;
      const bag = stems(sentence.text);
      const central = [...bag].reduce((sum, stem) => sum + Math.sqrt((counts.get(stem) ?? 1) - 1) * corpus.weight(stem), 0) / (8 + bag.size);
      return { sentence, bag, score: (central + (sentence.n <= 3 ? 0.5 : 0)) * standsAlone(sentence) };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const chosen: typeof scored = [];
  const most = Math.max(2, Math.ceil((kept * 1.5) / files.size));
  for (const item of scored) {
    if (chosen.length >= kept) break;
    if (chosen.filter((other) => other.sentence.path === item.sentence.path).length >= most) continue;
    if (chosen.some((other) => shared(other.bag, item.bag) > 0.6)) continue;
    chosen.push(item);
  }
  const top = chosen[0]?.score ?? 1;
  const claims = chosen.map(
    ({ sentence, score }): Claim => ({
      text: sentence.text,
      path: sentence.path,
      n: sentence.n,
      score: Math.round((score / top) * 1e4) / 1e4,
      heading: sentence.headings.at(-1) ?? "",
      aspect: 0,
    }),
  );
  return { kind: "summarise", aspects: [{ title, query: title }], claims, pool: [], checks: [], contradictions: [], missing: [], usedMemory: [] };
}
