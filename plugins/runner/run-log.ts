import type { EventData, EventType, Journal, JournalEntry, RunEvent } from "@orrery/sdk";

interface Waiting {
  type: EventType;
  data: unknown;
  ts: number;
  done: (entry: JournalEntry) => void;
  fail: (error: unknown) => void;
}

interface RunLogOptions {
  journal: Journal;
  run: string;
  epoch: number;
  actor: string;
  workspace: string;
  /** The index of the next entry: above 0 where the run is carried on. */
  next?: number;
  now: () => number;
  heard: (event: RunEvent) => void;
  /** An entry of this type is written and a listener could not even be called. */
  unheard: (type: string) => void;
  /** Nothing more can be written. */
  broken: (error: unknown) => void;
}

/** What an entry looks like to those who listen: without the chain. */
export const asEvent = ({ run, idx, seq, type, actor, workspace, data, ts }: JournalEntry): RunEvent => ({ run, idx, seq, type, actor, workspace, data, ts });

/**
 * One run's pen: entries are written in the order of the calls, those that wait together in one append.
 * After a failed append nothing more is written: the journal is the truth, and a run that cannot write must stop.
 */
export class RunLog {
  readonly #waiting: Waiting[] = [];
  readonly #options: RunLogOptions;
  #next: number;
  #writing: Promise<void> | undefined;
  #broken: { error: unknown } | undefined;

  constructor(options: RunLogOptions) {
    this.#options = options;
    this.#next = options.next ?? 0;
  }

  /** What the last append failed with; undefined while the run can be written. */
  get failure(): unknown {
    return this.#broken?.error;
  }

  /** Resolves when the entry is durable. */
  write<T extends EventType>(type: T, data: EventData<T>): Promise<JournalEntry> {
    if (this.#broken) return Promise.reject(this.#broken.error);
    const written = new Promise<JournalEntry>((done, fail) => {
      this.#waiting.push({ type, data, ts: this.#options.now(), done, fail });
    });
    // A write nobody awaits must not become an unhandled rejection: the next awaited one reports the same failure.
    written.catch(() => undefined);
    this.#writing ??= this.#drain();
    return written;
  }

  async #drain(): Promise<void> {
    // One turn of the microtask queue: entries written together share an append.
    await Promise.resolve();
    while (this.#waiting.length > 0 && !this.#broken) {
      const batch = this.#waiting.splice(0);
      const { journal, run, epoch, actor, workspace } = this.#options;
      try {
        const entries = await journal.append({
          run,
          epoch,
          expect: this.#next,
          entries: batch.map(({ type, data, ts }) => ({ type, actor, workspace, data: data as never, ts })),
        });
        this.#next += batch.length;
        entries.forEach((entry, i) => void batch[i]?.done(entry));
        for (const entry of entries) this.#tell(entry);
      } catch (error) {
        this.#broken = { error };
        this.#options.broken(error);
        for (const entry of [...batch, ...this.#waiting.splice(0)]) entry.fail(error);
      }
    }
    this.#writing = undefined;
  }

  /** The entry is written whoever hears of it: a listener's fault is not the journal's. */
  #tell(entry: JournalEntry): void {
    try {
      this.#options.heard(asEvent(entry));
    } catch {
      this.#options.unheard(entry.type);
    }
  }
}
