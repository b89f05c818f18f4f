const name = (run: string) => `orrery.run.${run}`;

/** Who carries a run on, over tabs: a Web Lock held while the run is under way and lost with its tab. */
export class RunLocks {
  readonly #held = new Map<string, () => void>();

  /** Takes the lock, from another tab if need be; that tab's appends are refused by the epoch. */
  async take(run: string): Promise<void> {
    if (!navigator.locks || this.#held.has(run)) return;
    await new Promise<void>((taken) => {
      navigator.locks
        .request(name(run), { steal: true }, () => {
          const kept = new Promise<void>((release) => this.#held.set(run, release));
          taken();
          return kept;
        })
        .catch(() => {
          // Stolen by another tab: the epoch fences us, the lock is theirs.
          this.#held.delete(run);
          taken();
        });
    });
  }

  release(run: string): void {
    this.#held.get(run)?.();
    this.#held.delete(run);
  }

  /** Runs whose lock some tab of this origin holds. */
  async held(): Promise<Set<string>> {
    if (!navigator.locks) return new Set(this.#held.keys());
    const { held = [] } = await navigator.locks.query();
    return new Set(held.flatMap((lock) => (lock.name?.startsWith("orrery.run.") ? [lock.name.slice("orrery.run.".length)] : [])));
  }
}
