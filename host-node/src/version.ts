/** The product's version. `scripts/pack.mjs` checks it against the package's. */
export const version = "0.1.0";
