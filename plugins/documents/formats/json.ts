import { splitSentences } from "../split.ts";
import { oneLine, pieces, readable, type Unit } from "../unit.ts";

const deepest = 200;

/**
 * JSON: a string of five words or more gives its sentences; the other values of one object or array give one unit,
 * `key: value; key: value`. The keys above are the headings. Throws SyntaxError where the text is not JSON, RangeError below 200 levels.
 */
export function readJson(source: string): Unit[] {
  const units: Unit[] = [];
  visit(JSON.parse(source.replace(/^\ufeff/, "")), [], 0, units);
  return units;
}

function visit(value: unknown, path: string[], depth: number, units: Unit[]): void {
  if (depth > deepest) throw new RangeError(`it is nested deeper than ${deepest} levels`);
  if (value === null || typeof value !== "object") return scalars([["", value]], path, units);
  const entries = Array.isArray(value) ? value.map((item, i): [string, unknown] => [String(i + 1), item]) : Object.entries(value);
  scalars(
    entries.filter(([, item]) => item === null || typeof item !== "object").map(([key, item]) => [Array.isArray(value) ? "" : key, item]),
    path,
    units,
  );
  for (const [key, item] of entries)
    if (item !== null && typeof item === "object") visit(item, Array.isArray(value) ? path : [...path, oneLine(key)], depth + 1, units);
}

function scalars(entries: [string, unknown][], headings: string[], units: Unit[]): void {
  const row: string[] = [];
  for (const [key, value] of entries) {
    if (typeof value === "string" && value.split(/\s+/).length >= 5) {
      const under = key ? [...headings, oneLine(key)] : headings;
      for (const text of splitSentences(value)) units.push({ text, headings: under, kind: "prose" });
    } else row.push(key ? `${key}: ${String(value)}` : String(value));
  }
  const line = oneLine(row.join("; "));
  if (readable(line)) for (const text of pieces(line)) units.push({ text, headings, kind: "data" });
}
