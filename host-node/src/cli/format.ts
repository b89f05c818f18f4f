import { basisWords, type Estimate, nanoToUsd } from "@orrery/sdk";

/** Micro-dollars as dollars, with as many digits as it takes to see them. */
export function dollars(microUsd: number): string {
  const usd = microUsd / 1e6;
  if (usd === 0) return "$0";
  if (usd >= 0.01) return `$${usd.toFixed(4).replace(/0{1,2}$/, "")}`;
  return `$${usd.toPrecision(3).replace(/e-(\d+)$/, "e-$1")}`;
}
export const nanoDollars = (nano: number): string => dollars(nanoToUsd(nano) * 1e6);
export const seconds = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);
export const sized = (bytes: number): string =>
  bytes < 1e3
    ? `${bytes} B`
    : bytes < 1e6
      ? `${(bytes / 1e3).toFixed(1)} kB`
      : bytes < 1e9
        ? `${(bytes / 1e6).toFixed(1)} MB`
        : `${(bytes / 1e9).toFixed(1)} GB`;
export const count = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;

/** What a run is expected to take: tokens, then money, "price unknown" where nobody knows it, and what that rests on. */
export function estimateWords({ inputTokens, outputTokens, nano, usualNano, mostNano, unpriced, basis }: Estimate): string {
  const tokens = `about ${inputTokens.toLocaleString("en-US")} tokens in, ${outputTokens.toLocaleString("en-US")} out`;
  const rests = basis && basis.length > 0 ? ` (answers ${basisWords(basis)})` : "";
  if (nano === undefined) return `${tokens}, price of ${unpriced.join(", ")} unknown${rests}`;
  return `${tokens}, ${nanoDollars(nano)}${usualNano ? `, usually below ${nanoDollars(usualNano)}` : ""}${mostNano ? `, ${nanoDollars(mostNano)} at most` : ""}${rests}`;
}

/** Rows as columns of equal width, two spaces apart; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((sum, row) => row.map((cell, i) => Math.max(sum[i] ?? 0, cell.length)), []);
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
