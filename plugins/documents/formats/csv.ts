import Papa from "papaparse";
import { oneLine, pieces, readable, type Unit } from "../unit.ts";

/** CSV and TSV with a header line: one unit a row, `header: value; header: value`. Returns undefined where quotes never close or no column repeats. */
export function readCsv(source: string): Unit[] | undefined {
  const parsed = Papa.parse<string[]>(source.replace(/^\ufeff/, ""), { skipEmptyLines: "greedy" });
  if (parsed.errors.some((error) => error.type === "Quotes")) return undefined;
  const [header, ...rows] = parsed.data;
  if (!header) return [];
  const units: Unit[] = [];
  for (const row of rows) {
    const text = oneLine(row.map((value, i) => (header[i]?.trim() ? `${header[i]}: ${value}` : value)).join("; "));
    if (row.some(readable)) for (const piece of pieces(text)) units.push({ text: piece, headings: [], kind: "data" });
  }
  return units.length > 0 ? units : header.some(readable) ? [{ text: oneLine(header.join("; ")), headings: [], kind: "data" }] : [];
}
