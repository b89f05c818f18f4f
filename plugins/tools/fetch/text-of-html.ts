import { Parser } from "htmlparser2";

const skipped = new Set(["script", "style", "noscript", "template", "svg", "head", "iframe", "object"]);
const blocks = new Set(["p", "div", "section", "article", "li", "tr", "br", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre", "blockquote"]);

/** What a reader sees of a page, a block a line. What the page hides is left out: nobody could have read it. */
export function textOfHtml(html: string): string {
  const parts: string[] = [];
  const hidden: string[] = [];
  const parser = new Parser({
    onopentag(name, attributes) {
      const away = skipped.has(name) || "hidden" in attributes || /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attributes["style"] ?? "");
      if (hidden.length > 0 || away) hidden.push(name);
      else if (blocks.has(name)) parts.push("\n");
    },
    ontext(text) {
      if (hidden.length === 0) parts.push(text.replace(/\s+/g, " "));
    },
    onclosetag(name) {
      if (hidden.at(-1) === name) hidden.pop();
      else if (hidden.length === 0 && blocks.has(name)) parts.push("\n");
    },
  });
  parser.end(html);
  return parts
    .join("")
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n[ \n]*/g, "\n")
    .trim();
}
