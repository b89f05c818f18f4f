export interface Span {
  id: string;
  parent: string | undefined;
  name: string;
  kind: "run" | "plan" | "step" | "model" | "tool" | "judge" | "hook" | "memory" | "documents";
  startMs: number;
  endMs: number;
  status: "ok" | "error" | "cancelled" | "open";
  /** The journal entry it was read from. */
  idx: number;
  attributes: Record<string, string | number | boolean>;
}
/** Milliseconds a span took. A hook span is the sum of a run's calls of that hook: it has a time and a count, and no place of its own. */
export function spanMs({ kind, startMs, endMs, attributes: { totalMs } }: Span): number {
  return kind === "hook" && typeof totalMs === "number" ? totalMs : endMs - startMs;
}
/** A span's name for people; with how often, where it stands for several calls. */
export function spanLabel({ kind, name, attributes: { calls } }: Span): string {
  return kind === "hook" && typeof calls === "number" ? `${name} × ${calls}` : name;
}
