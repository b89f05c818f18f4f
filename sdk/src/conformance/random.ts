/** A small seeded source of choices: the same seed gives the same choices in every host, so a failing case is found again by its seed. */
export interface Choices {
  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number;
  chance(share: number): boolean;
  of<T>(options: readonly T[]): T;
  /** Each option with the given chance, in order. */
  some<T>(options: readonly T[], share?: number): T[];
  shuffled<T>(options: readonly T[]): T[];
}

/** mulberry32: 32 bits of state, good enough to choose cases with, no more. */
export function choices(seed: number): Choices {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (share) => next() < share,
    of: (options) => {
      const option = options[below(options.length)];
      if (option === undefined) throw new RangeError("nothing to choose from");
      return option;
    },
    some: (options, share = 0.5) => options.filter(() => next() < share),
    shuffled: (options) => {
      const order = options.map((option) => ({ option, at: next() }));
      return order.sort((a, b) => a.at - b.at).map(({ option }) => option);
    },
  };
}

/** A 53-bit hash of a text (cyrb53), for marks and for seeds that follow from names. Not for secrets. */
export function hashOf(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
