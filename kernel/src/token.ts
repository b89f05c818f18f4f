declare const carries: unique symbol;

/** A service's identity: a string with a major version, so that two bundled copies of one token are the same token. */
export interface Token<out T> {
  readonly id: string;
  readonly [carries]?: T;
}

const shape = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+@[1-9]\d*$/;

/**
 * @example
 * const Ledger = token<{ spent(run: string): number }>("orrery.ledger@1");
 * @throws TypeError when the id is not `author.name@major`.
 */
export function token<T>(id: string): Token<T> {
  if (!shape.test(id)) throw new TypeError(`"${id}" is not a token id: write author.name@major, as "orrery.ledger@1"`);
  return Object.freeze({ id });
}
