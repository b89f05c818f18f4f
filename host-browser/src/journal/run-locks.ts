const name = (run: string) => `orrery.run.${run}`;

/** Resolves once no tab of this origin carries the run on. */
export async function untilFree(run: string): Promise<void> {
  await navigator.locks?.request(name(run), () => undefined);
}

/** Who carries a run on, over tabs: a Web Lock held while the run is under way and lost with its tab. */
export class RunLocks {
  readonly #held = new Map<string, () => Promise<void>>();

  /** Takes the lock, from another tab if need be: that tab's appends are refused by the epoch. `unlessHeld`: false, and nothing taken, while another has it. */
  async take(run: string, unlessHeld = false): Promise<boolean> {
    if (!navigator.locks || this.#held.has(run)) return true;
    return new Promise<boolean>((taken) => {
      const gone = navigator.locks
        .request(name(run), unlessHeld ? { ifAvailable: true } : { steal: true }, (lock) => {
          if (lock === null) return taken(false);
          const kept = new Promise<void>((release) => {
            this.#held.set(run, () => {
              release();
              return gone;
            });
          });
          taken(true);
          return kept;
        })
        .catch(() => {
          // Stolen by another tab: the epoch fences us, the lock is theirs.
          this.#held.delete(run);
          taken(true);
        });
    });
  }

  /** Resolves once others can take it. */
  async release(run: string): Promise<void> {
    const release = this.#held.get(run);
    this.#held.delete(run);
    await release?.();
  }

  /** Nothing is carried on here any more. */
  async close(): Promise<void> {
    await Promise.all([...this.#held.keys()].map((run) => this.release(run)));
  }

  /** Runs whose lock some tab of this origin holds. */
  async held(): Promise<Set<string>> {
    if (!navigator.locks) return new Set(this.#held.keys());
    const { held = [] } = await navigator.locks.query();
    return new Set(held.flatMap((lock) => (lock.name?.startsWith("orrery.run.") ? [lock.name.slice("orrery.run.".length)] : [])));
  }
}
