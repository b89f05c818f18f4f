import { Parser } from "htmlparser2";
import { splitSentences } from "../split.ts";
import { oneLine, pieces, readable, type Unit } from "../unit.ts";

const silent = new Set(["script", "style", "title", "template", "noscript", "svg", "head", "nav", "iframe", "object", "select", "button"]);
const blocks = new Set(
  "address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main ol p pre section summary table tbody tfoot thead title tr ul".split(
    " ",
  ),
);

/** HTML: the text a reader sees, entities decoded; a table row is one unit, its cells joined by ` | `. */
export function readHtml(source: string): Unit[] {
  const units: Unit[] = [];
  const stack: { depth: number; text: string }[] = [];
  let buffer = "";
  let hidden = 0;
  let pre = 0;
  let list = 0;
  let row: string[] | undefined;
  let cell: string | undefined;
  const headings = () => stack.map((heading) => heading.text);
  const flush = () => {
    const text = buffer;
    buffer = "";
    if (!readable(text)) return;
    if (pre > 0) for (const piece of pieces(oneLine(text))) units.push({ text: piece, headings: headings(), kind: "code" });
    else for (const sentence of splitSentences(text)) units.push({ text: sentence, headings: headings(), kind: list > 0 ? "list" : "prose" });
  };
  const parser = new Parser(
    {
      onopentag(name) {
        if (silent.has(name)) hidden += 1;
        if (hidden > 0) return;
        if (name === "td" || name === "th") cell = "";
        else if (cell === undefined && blocks.has(name)) flush();
        else if (blocks.has(name) && cell !== undefined) cell += " ";
        if (name === "tr") row = [];
        if (name === "pre") pre += 1;
        if (name === "li" || name === "dd") list += 1;
      },
      ontext(text) {
        if (hidden > 0) return;
        if (cell !== undefined) cell += text;
        else buffer += text;
      },
      onclosetag(name) {
        if (silent.has(name)) hidden = Math.max(0, hidden - 1);
        if (hidden > 0) return;
        if (name === "td" || name === "th") {
          row?.push(oneLine(cell ?? ""));
          cell = undefined;
        } else if (/^h[1-6]$/.test(name) && cell === undefined) {
          const depth = Number(name.charAt(1));
          const text = oneLine(buffer);
          buffer = "";
          while ((stack.at(-1)?.depth ?? 0) >= depth) stack.pop();
          if (readable(text)) stack.push({ depth, text });
        } else if (cell === undefined && blocks.has(name)) flush();
        if (name === "tr" && row) {
          const text = oneLine(row.join(" | "));
          row = undefined;
          if (readable(text)) for (const piece of pieces(text)) units.push({ text: piece, headings: headings(), kind: "table" });
        }
        if (name === "pre") pre = Math.max(0, pre - 1);
        if (name === "li" || name === "dd") list = Math.max(0, list - 1);
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  parser.write(source.replace(/^\ufeff/, ""));
  parser.end();
  flush();
  return units;
}

/** The `<title>`, when there is one. */
export function htmlTitle(source: string): string | undefined {
  const match = /<title[^>]*>([^<]{1,300})<\/title>/i.exec(source.slice(0, 20_000));
  return match?.[1] ? oneLine(match[1]) : undefined;
}
