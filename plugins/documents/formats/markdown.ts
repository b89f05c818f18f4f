import { Lexer, type Token, type Tokens } from "marked";
import { splitSentences } from "../split.ts";
import { oneLine, pieces, readable, type Unit } from "../unit.ts";

/** CommonMark with GitHub's tables. Sentences keep their inline markup: they are the source's own characters. */
export function readMarkdown(source: string): Unit[] {
  const { body, front } = frontMatter(source);
  const units: Unit[] = [];
  for (const line of front) units.push({ text: line, headings: [], kind: "data" });
  walk(new Lexer({ gfm: true }).blockTokens(body.replace(/\r\n?/g, "\n"), []), [], "prose", units);
  return units;
}

/** YAML between `---` lines at the top: its lines are data, as they stand. */
function frontMatter(source: string): { body: string; front: string[] } {
  const match = /^\ufeff?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(source);
  if (!match) return { body: source.replace(/^\ufeff/, ""), front: [] };
  const front = (match[1] ?? "").split("\n").map(oneLine).filter(readable).flatMap(pieces);
  return { body: source.slice(match[0].length), front };
}

/** Every heading a block stands under, as `{depth, text}` from the outermost. `walk` shares one stack over a document. */
type Stack = { depth: number; text: string }[];

function walk(tokens: readonly Token[], stack: Stack, kind: Unit["kind"], units: Unit[]): void {
  const headings = () => stack.map((heading) => heading.text);
  const prose = (text: string) => {
    for (const sentence of splitSentences(withoutTags(text))) units.push({ text: sentence, headings: headings(), kind });
  };
  for (const token of tokens) {
    switch (token.type) {
      case "heading": {
        while ((stack.at(-1)?.depth ?? 0) >= token.depth) stack.pop();
        stack.push({ depth: token.depth, text: plainHeading(token.text) });
        break;
      }
      case "code":
        for (const part of token.text.split(/\n\s*\n/)) {
          const line = oneLine(part);
          if (readable(line)) for (const piece of pieces(line)) units.push({ text: piece, headings: headings(), kind: "code" });
        }
        break;
      case "blockquote":
        walk((token as Tokens.Blockquote).tokens, stack, kind, units);
        break;
      case "list":
        for (const item of (token as Tokens.List).items) walk(item.tokens.map(withoutCheckbox), stack, "list", units);
        break;
      case "table": {
        const table = token as Tokens.Table;
        for (const row of table.rows) {
          const line = oneLine(row.map((cell) => cell.text).join(" | "));
          if (readable(line)) for (const piece of pieces(line)) units.push({ text: piece, headings: headings(), kind: "table" });
        }
        break;
      }
      case "html":
        prose(token.raw);
        break;
      case "paragraph":
      case "text":
        prose(token.raw);
        break;
      default:
        break;
    }
  }
}

const withoutCheckbox = (token: Token): Token => ("raw" in token && /^\[[ xX]\] /.test(token.raw) ? { ...token, raw: token.raw.slice(4) } : token);
/** Comments and tags carry no sentence; angle brackets inside code spans and autolinks stay. */
const withoutTags = (text: string): string =>
  text.replace(/<!--[\s\S]*?-->/g, " ").replace(/(`[^`]*`)|<\/?[a-z][a-z0-9-]*(?:\s[^<>]*)?\/?>/gi, (_whole, code: string | undefined) => code ?? " ");
const plainHeading = (text: string): string =>
  oneLine(
    withoutTags(text)
      .replace(/!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, "$1")
      .replace(/[`*]+/g, ""),
  ).slice(0, 160);
