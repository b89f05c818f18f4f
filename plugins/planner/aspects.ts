const question = /^(?:how|what|why|when|where|which|who|whose|is|are|was|were|do|does|did|can|could|should|would|will|has|have)\b/i;
const joint = /(?:,\s*(?:and|or|but)\s+|\s+and\s+|;\s*|,\s*)(?=(?:how|what|why|when|where|which|who|whose|is|are|do|does|did|can|should|would|will)\b)/gi;

/**
 * The separate questions in a request, in its own words and order: "How does X work, and what are its limits?" has two.
 * A question that leans on an earlier one ("what are *its* limits") keeps the earlier one's words behind it, so that it can be searched alone.
 */
export function aspectsOf(text: string, most = 4): string[] {
  const sentences = text
    .split(/(?<=[?!])\s+|\n+/)
    .map((part) => part.trim())
    .filter(Boolean);
  const parts = sentences
    .flatMap((sentence) => (question.test(sentence) ? sentence.split(joint) : [sentence]))
    .map((part) => part.trim().replace(/[,;]$/, ""))
    .filter((part) => part.split(/\s+/).length >= 2);
  const aspects = parts.length === 0 ? [text.trim()] : parts;
  const [first, ...rest] = aspects;
  const anchored = [
    first ?? text.trim(),
    ...rest.map((part) => (/\b(?:it|its|they|their|them|this|that|these|those)\b/i.test(part) ? `${part} (${first})` : part)),
  ];
  if (anchored.length <= most) return anchored;
  return [...anchored.slice(0, most - 1), anchored.slice(most - 1).join(" ")];
}
