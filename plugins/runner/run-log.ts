import type { EventData, EventType, Journal, JournalEntry } from "@orrery/sdk";

interface Waiting {
  entry: Parameters<Journal["append"]>[0]["entries"][number];
  /** Somebody waits for it, or it must not be lost. */
  urgent: boolean;
  done?: (entry: JournalEntry) => void;
  fail?: (error: unknown) => void;
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
  sleep: (ms: number) => Promise<void>;
  heard: (entry: JournalEntry) => void;
  /** An entry of this type is written and a listener could not even be called. */
  unheard: (type: string) => void;
  /** Nothing more can be written. */
  broken: (error: unknown) => void;
}

/** ms an entry may wait for the next one it shares a commit with. */
const noteMs = 5;

/**
 * One run's pen: entries are written in the order of the calls, those that wait together in one append.
 * What is noted waits a moment for what is written, so that what a step came to and the intent of the next one share a commit.
 * After a failed append nothing more is written: the journal is the truth, and a run that cannot write must stop.
 */
export class RunLog {
  readonly #waiting: Waiting[] = [];
  readonly #options: RunLogOptions;
  #next: number;
  #writing: Promise<void> | undefined;
  #broken: { error: unknown } | undefined;
  #noted = false;

  constructor(options: RunLogOptions) {
    this.#options = options;
    this.#next = options.next ?? 0;
  }

  /** What the last append failed with; undefined while the run can be written. */
  get failure(): unknown {
    return this.#broken?.error;
  }

  /** Resolves when the entry is durable, and with it all that was noted before. */
  write<T extends EventType>(type: T, data: EventData<T>): Promise<JournalEntry> {
    if (this.#broken) return Promise.reject(this.#broken.error);
    const written = new Promise<JournalEntry>((done, fail) => {
      this.#waiting.push({ entry: this.#entry(type, data), urgent: true, done, fail });
    });
    // A write nobody awaits must not become an unhandled rejection: the next awaited one reports the same failure.
    written.catch(() => undefined);
    this.#writing ??= this.#drain();
    return written;
  }

  /** Written with the next entry that is, or in a few ms. */
  note<T extends EventType>(type: T, data: EventData<T>): void {
    if (this.#broken) return;
    this.#waiting.push({ entry: this.#entry(type, data), urgent: false });
    if (this.#noted) return;
    this.#noted = true;
    void this.#options.sleep(noteMs).then(
      () => {
        this.#noted = false;
        return this.flush();
      },
      () => undefined,
    );
  }

  /** Resolves when nothing waits to be written any more, or nothing can be. */
  async flush(): Promise<void> {
    for (const each of this.#waiting) each.urgent = true;
    this.#writing ??= this.#drain();
    await this.#writing;
  }

  #entry(type: EventType, data: unknown): Waiting["entry"] {
    const { actor, workspace, now } = this.#options;
    return { type, actor, workspace, data: data as never, ts: now() };
  }

  async #drain(): Promise<void> {
    // One turn of the microtask queue: entries written together share an append.
    await Promise.resolve();
    while (this.#waiting.some(({ urgent }) => urgent) && !this.#broken) {
      const batch = this.#waiting.splice(0);
      const { journal, run, epoch } = this.#options;
      try {
        const entries = await journal.append({ run, epoch, expect: this.#next, entries: batch.map(({ entry }) => entry) });
        this.#next += batch.length;
        entries.forEach((entry, i) => void batch[i]?.done?.(entry));
        for (const entry of entries) this.#tell(entry);
      } catch (error) {
        this.#broken = { error };
        this.#options.broken(error);
        for (const entry of [...batch, ...this.#waiting.splice(0)]) entry.fail?.(error);
      }
    }
    this.#writing = undefined;
  }

  /** The entry is written whoever hears of it: a listener's fault is not the journal's. */
  #tell(entry: JournalEntry): void {
    try {
      this.#options.heard(entry);
    } catch {
      this.#options.unheard(entry.type);
    }
  }
}
