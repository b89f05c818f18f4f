/** A statement of an output, and the places it cites; none for one without a citation. */
export interface Statement {
  readonly text: string;
  readonly places: readonly { readonly path: string; readonly n: number }[];
}

const citation = /\s*\[([^[\]\n]+?)#(\d{1,9})\]/g;

/**
 * Takes an output apart: headings, rules, tables' separators and code fences aside, every line is cut behind its citations.
 * `A. [x#1] B. [y#2][z#3]` gives A with one place and B with two.
 */
export function statements(output: string): Statement[] {
  const out: Statement[] = [];
  let fenced = false;
  for (const raw of output.split("\n")) {
    if (/^\s*(?:```|~~~)/.test(raw)) fenced = !fenced;
    const line = bare(raw);
    if (fenced || line === "" || /^#{1,6}\s/.test(raw.trim()) || !/[\p{L}\p{N}]/u.test(line)) continue;
    let from = 0;
    let open: { text: string; places: { path: string; n: number }[] } | undefined;
    for (const match of line.matchAll(citation)) {
      const text = bare(line.slice(from, match.index));
      const place = { path: match[1] ?? "", n: Number(match[2]) };
      if (open && !/[\p{L}\p{N}]/u.test(text)) open.places.push(place);
      else {
        open = { text, places: [place] };
        out.push(open);
      }
      from = match.index + match[0].length;
    }
    const rest = bare(line.slice(from));
    if (/[\p{L}\p{N}]/u.test(rest)) out.push({ text: rest, places: [] });
  }
  return out;
}

/** Without list marks, quote marks and emphasis around it. */
const bare = (text: string): string =>
  text
    .trim()
    .replace(/^(?:(?:[-*+•>]|\d{1,3}[.)])\s+)+/, "")
    .replace(/^[,;.\s]+(?=\p{L})/u, "")
    .trim();

/** Two ways of writing the same words: white space, emphasis and the quote marks around a quotation do not count. */
export const folded = (text: string): string =>
  text
    .replace(/[“”„"«»]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/\s+/g, " ")
    .replace(/^["'*_\s]+|["'*_\s]+$/g, "")
    .trim();

/** Does this place say that? Word for word, a run of five of its words or more, or a quotation inside the statement that it contains. */
export function says(source: string, statement: string): boolean {
  const there = folded(source);
  const said = folded(statement);
  if (there === said) return true;
  const quotes = [said, ...[...said.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "")];
  return quotes.some((quote) => quote.split(" ").length >= 5 && there.includes(quote.replace(/[.,;:]$/, "")));
}
