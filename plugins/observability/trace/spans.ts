import { type JournalEntry, type Span, typed } from "@orrery/sdk";
import { type Draft, Drafts } from "./drafts.ts";
import { readers } from "./readers.ts";

type Entry = Pick<JournalEntry, "idx" | "type" | "ts" | "data">;

/**
 * A run's spans, read off its journal entries and nothing else: the same entries give the same spans, half a journal gives half a trace.
 * In order of start, a parent before its children; times in ms from the first entry. A span without its closing entry is `open` and ends with the last entry.
 * Hook spans are sums (`calls`, `totalMs`), placed without length where they were written.
 */
export function spansOf(entries: readonly Entry[]): Span[] {
  const first = entries[0];
  const last = entries.at(-1);
  if (!first || !last) return [];
  const drafts = new Drafts();
  for (const entry of entries) {
    const event = typed(entry);
    // The table's members are keyed by the type they read, which the compiler cannot follow through the lookup.
    const read = event && (readers[event.type] as ((drafts: Drafts, entry: Entry) => void) | undefined);
    read?.(drafts, entry);
    drafts.before = entry.ts;
  }
  const parentOf = ({ id, parent }: Draft): string | undefined =>
    [parent, "run"].find((candidate) => candidate !== undefined && candidate !== id && drafts.get(candidate));
  const depth = (draft: Draft): number => {
    const parent = drafts.get(parentOf(draft) ?? "");
    return parent ? 1 + depth(parent) : 0;
  };
  return drafts
    .all()
    .sort((a, b) => a.start - b.start || depth(a) - depth(b) || a.idx - b.idx)
    .map((draft) => {
      const { start, end = last.ts, ...span } = draft;
      return { ...span, parent: parentOf(draft), startMs: Math.max(0, start - first.ts), endMs: Math.max(0, start - first.ts, end - first.ts) };
    });
}
