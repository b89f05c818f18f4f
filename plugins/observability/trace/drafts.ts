import type { Span } from "@orrery/sdk";

/** A span being read; `end` stays undefined until an entry closes it. */
export type Draft = Omit<Span, "startMs" | "endMs"> & { start: number; end: number | undefined };
type Opened = Pick<Draft, "id" | "name" | "kind" | "start" | "idx" | "attributes"> & Partial<Pick<Draft, "parent" | "end" | "status">>;

/** The spans of a run as far as its entries have been read. */
export class Drafts {
  readonly #spans = new Map<string, Draft>();
  /** The attempt under way at each step's path. */
  readonly #attempts = new Map<string, string>();
  /** When the entry before this one was written: where what has no entry for its beginning began. */
  before = 0;

  /** A child of the run unless it says otherwise; open unless it has an end. */
  open({ id, parent = id === "run" ? undefined : "run", end, status = end === undefined ? "open" : "ok", ...rest }: Opened): void {
    this.#spans.set(id, { id, parent, end, status, ...rest });
  }

  close(id: string, end: number, status: Span["status"], attributes: Span["attributes"] = {}): void {
    const draft = this.#spans.get(id);
    if (!draft) return;
    Object.assign(draft.attributes, attributes);
    draft.end = end;
    draft.status = status;
  }

  begin(path: string, step: string): void {
    this.#attempts.set(path, step);
  }

  /** The step under way at a path; the run where there is none. */
  stepAt(path: string): string {
    return this.#attempts.get(path) ?? "run";
  }

  get(id: string): Draft | undefined {
    return this.#spans.get(id);
  }

  all(): Draft[] {
    return [...this.#spans.values()];
  }
}
