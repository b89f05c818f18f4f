import type { Classified, PrivateSpan } from "@orrery/sdk";
import type { HybridConfig } from "./config.ts";
import type { Classify } from "./vault.ts";

const tagged = /<private>[\s\S]*?(?:<\/private>|$)/gi;
const literal = (word: string): RegExp => new RegExp(word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+"), "giu");

/** The classifier, and the words that are private by the team's own say. One that is missing, throws or answers nonsense is one that doubts. */
export function classifying(classify: ((text: string) => Promise<Classified>) | undefined, { taint }: Pick<HybridConfig, "taint">): Classify {
  return async (text) => {
    const own = [tagged, ...taint.map(literal)].flatMap((pattern) =>
      [...text.matchAll(pattern)].map((match): PrivateSpan => ({ type: "TAINTED", start: match.index, end: match.index + match[0].length })),
    );
    try {
      if (!classify) return { spans: own, doubts: ["no classifier is installed"], failed: true };
      const { spans, doubts } = await classify(text);
      if (!spans.every((span) => inside(span, text))) return { spans: own, doubts: ["the classifier named places that are not there"], failed: true };
      return { spans: [...own, ...spans], doubts };
    } catch {
      return { spans: own, doubts: ["the classifier failed"], failed: true };
    }
  };
}

const inside = ({ type, start, end }: Classified["spans"][number], text: string): boolean =>
  typeof type === "string" && Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= text.length;
