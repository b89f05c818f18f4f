import type { SandboxLimits } from "./limits.ts";

/** How many bursts of a machine's may arrive at once: what it sent while the host was busy has gathered. */
const slack = 3;

/**
 * What one worker sends, counted where it arrives. The machine in it has a limiter of its own, which whoever breaks out of it leaves behind.
 * The clock is read once a burst, not at each message.
 */
export class Inflow {
  readonly #burst: number;
  readonly #perMs: number;
  #level = 0;
  #at = performance.now();

  constructor({ messageBurst, messagesPerSecond }: Pick<SandboxLimits, "messageBurst" | "messagesPerSecond">) {
    this.#burst = messageBurst * slack;
    this.#perMs = messagesPerSecond / 1_000;
  }

  /** False for what no machine can have let out: more messages, or thousands of characters, than its limits allow and a busy host can have left lying. */
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
