import type { Span } from "@orrery/sdk";

export interface SpanRow {
  span: Span;
  depth: number;
}

/** Spans in the order of a tree read from the top: each under its parent, by start. A span whose parent is not there stands at the root. */
export function arrange(spans: readonly Span[]): SpanRow[] {
  const known = new Set(spans.map(({ id }) => id));
  const children = new Map<string | undefined, Span[]>();
  for (const span of spans) {
    const parent = span.parent !== undefined && known.has(span.parent) ? span.parent : undefined;
    const list = children.get(parent);
    if (list) list.push(span);
    else children.set(parent, [span]);
  }
  for (const list of children.values()) list.sort((a, b) => a.startMs - b.startMs || a.idx - b.idx);
  const rows: SpanRow[] = [];
  const stack: SpanRow[] = (children.get(undefined) ?? []).map((span) => ({ span, depth: 0 })).reverse();
  for (let row = stack.pop(); row; row = stack.pop()) {
    rows.push(row);
    const { depth } = row;
    stack.push(...(children.get(row.span.id) ?? []).map((span) => ({ span, depth: depth + 1 })).reverse());
  }
  return rows;
}
