/** Micro-dollars for people: "free" for nothing, else as few digits as say it. */
export function money(microUsd: number): string {
  if (microUsd === 0) return "$0";
  const usd = microUsd / 1e6;
  if (usd < 0.0001) return `$${usd.toPrecision(2)}`;
  return `$${usd.toFixed(usd < 0.1 ? 4 : 2)}`;
}
export const nanoMoney = (nano: number): string => money(nano / 1e3);

export function duration(ms: number): string {
  if (ms < 1_000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

export const percent = (score: number): string => `${Math.round(score * 100)} %`;
export const plural = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
/** "3 minutes ago"; the date itself after a week. */
export function ago(at: number, now = Date.now()): string {
  const seconds = Math.round((at - now) / 1_000);
  if (seconds > -60) return relative.format(Math.min(seconds, 0), "second");
  if (seconds > -3_600) return relative.format(Math.round(seconds / 60), "minute");
  if (seconds > -86_400) return relative.format(Math.round(seconds / 3_600), "hour");
  if (seconds > -604_800) return relative.format(Math.round(seconds / 86_400), "day");
  return new Date(at).toLocaleDateString("en", { dateStyle: "medium" });
}
export const bytes = (n: number): string =>
  n < 1_000 ? `${n} B` : n < 1e6 ? `${(n / 1e3).toFixed(n < 1e4 ? 1 : 0)} kB` : n < 1e9 ? `${(n / 1e6).toFixed(1)} MB` : `${(n / 1e9).toFixed(1)} GB`;
