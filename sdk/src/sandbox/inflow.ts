import type { SandboxLimits } from "./limits.ts";

/** How many bursts of a machine's may arrive at once: what it sent while the host was busy has gathered. */
export const gathered = 3;

/**
 * What one plugin sends, counted: where it leaves its machine, and once more where it arrives, since whoever breaks out of the machine leaves the first counter behind.
 * A long text counts for as many as it has thousands of characters: few of them fill a host as well as many short ones. The clock is read once a burst, not at each message.
 */
export class Inflow {
  readonly #burst: number;
  readonly #perMs: number;
  #level = 0;
  #at = performance.now();

  /** Lets `bursts` of them through at once. */
  constructor({ messageBurst, messagesPerSecond }: Pick<SandboxLimits, "messageBurst" | "messagesPerSecond">, bursts = 1) {
    this.#burst = messageBurst * bursts;
    this.#perMs = messagesPerSecond / 1_000;
  }

  /** False for more messages, or thousands of characters, than the limits allow. */
  admits(sent: unknown): boolean {
    this.#level += typeof sent === "string" ? Math.max(1, sent.length / 1_024) : 1;
    if (this.#level <= this.#burst) return true;
    const now = performance.now();
    this.#level = Math.max(0, this.#level - (now - this.#at) * this.#perMs);
    this.#at = now;
    return this.#level <= this.#burst;
  }
}

export const floodWords = "its worker sent more than any plugin's machine lets out";
