import { nanoToUsd, type NanoUsd } from "@orrery/sdk";

/** Money for people: as many digits as it takes to tell small sums apart, as `$0.0004123`. */
export function dollars(nano: NanoUsd): string {
  const usd = nanoToUsd(nano);
  if (usd === 0) return "$0";
  const digits = usd >= 0.01 ? 4 : Math.min(9, 3 - Math.floor(Math.log10(usd)));
  return `$${usd.toFixed(digits).replace(/0+$/, "").replace(/\.$/, "")}`;
}
