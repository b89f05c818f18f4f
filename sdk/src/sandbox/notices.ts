/** One input of a hook that only tells, for the tap it is meant for. */
export interface Notice {
  /** What the guest calls the tap now; undefined for one it no longer has. */
  readonly tap: () => number | undefined;
  readonly input: unknown;
}
type Told = { readonly tap: number; readonly input: unknown };

const most = 1_000;
const atOnce = 100;

/**
 * What a guest is told and does not answer, gathered and sent in batches, one batch unanswered at a time: a guest that is busy is not buried,
 * and one that hangs is found out by the watch over its answers. Beyond 1,000 that wait, further ones are dropped and counted.
 */
export class Notices {
  readonly #send: (taps: readonly Told[]) => Promise<unknown>;
  readonly #lost: (count: number, why: unknown) => void;
  readonly #waiting: Notice[] = [];
  #dropped = 0;
  #sending = false;

  /** `send` resolves once the guest has seen the batch; `lost` is told what never reached it. */
  constructor(send: (taps: readonly Told[]) => Promise<unknown>, lost: (count: number, why: unknown) => void) {
    this.#send = send;
    this.#lost = lost;
  }

  add(notice: Notice): void {
    if (this.#waiting.length >= most) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(notice);
    if (!this.#sending) void this.#flush();
  }

  async #flush(): Promise<void> {
    this.#sending = true;
    // A turn later, so that what the host's present work tells goes together.
    await undefined;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, atOnce);
      const taps = batch.flatMap(({ tap, input }) => {
        const id = tap();
        return id === undefined ? [] : [{ tap: id, input }];
      });
      try {
        if (taps.length > 0) await this.#send(taps);
      } catch (thrown) {
        // Whoever comes next would meet the same: all that waited is lost with it.
        this.#lost(taps.length + this.#waiting.splice(0).length, thrown);
      }
    }
    this.#sending = false;
    if (this.#dropped > 0) this.#lost(this.#dropped, undefined);
    this.#dropped = 0;
  }
}
