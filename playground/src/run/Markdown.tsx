import { lexer, type Token, type Tokens } from "marked";
import { Fragment, memo, type ReactNode, useMemo } from "react";

const citation = /\[([^[\]\n]+?)#(\d+)\]/g;

interface MarkdownProps {
  text: string;
  /** Opens `path#n`. */
  onCite(citation: string): void;
}

/** Markdown as elements, never as HTML; `[path#n]` becomes a chip that opens the sentence. */
export const Markdown = memo(function Markdown({ text, onCite }: MarkdownProps) {
  const tokens = useMemo(() => lexer(text), [text]);
  return <div className="prose-report">{tokens.map((token, i) => block(token, i, onCite))}</div>;
});

const inline = (tokens: Token[] | undefined, onCite: MarkdownProps["onCite"]): ReactNode =>
  tokens?.map((token, i) => <Fragment key={i}>{span(token, onCite)}</Fragment>);

function block(token: Token, key: number, onCite: MarkdownProps["onCite"]): ReactNode {
  switch (token.type) {
    case "heading": {
      // The page's own title is the h1.
      const Level = `h${Math.min(6, (token as Tokens.Heading).depth + 1)}` as "h2";
      return <Level key={key}>{inline(token.tokens, onCite)}</Level>;
    }
    case "paragraph":
      return <p key={key}>{inline(token.tokens, onCite)}</p>;
    case "blockquote":
      return <blockquote key={key}>{(token.tokens ?? []).map((child, i) => block(child, i, onCite))}</blockquote>;
    case "list": {
      const { ordered, items } = token as Tokens.List;
      const List = ordered ? "ol" : "ul";
      return (
        <List key={key}>
          {items.map((item, i) => (
            <li key={i}>
              {item.tokens.map((child, j) =>
                child.type === "text" ? <Fragment key={j}>{inline((child as Tokens.Text).tokens ?? [child], onCite)}</Fragment> : block(child, j, onCite),
              )}
            </li>
          ))}
        </List>
      );
    }
    case "code":
      return (
        <pre key={key} tabIndex={0}>
          <code>{token["text"]}</code>
        </pre>
      );
    case "table": {
      const { header, rows } = token as Tokens.Table;
      return (
        <div key={key} className="overflow-x-auto" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {header.map((cell, i) => (
                  <th key={i}>{inline(cell.tokens, onCite)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, i) => (
                <tr key={i}>
                  {row.map((cell, j) => (
                    <td key={j}>{inline(cell.tokens, onCite)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    }
    case "hr":
      return <hr key={key} className="border-line" />;
    case "space":
      return null;
    default:
      return <p key={key}>{cited(token.raw, onCite)}</p>;
  }
}

function span(token: Token, onCite: MarkdownProps["onCite"]): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong className="font-semibold">{inline(token.tokens, onCite)}</strong>;
    case "em":
      return <em>{inline(token.tokens, onCite)}</em>;
    case "del":
      return <del>{inline(token.tokens, onCite)}</del>;
    case "codespan":
      return <code>{token["text"]}</code>;
    case "br":
      return <br />;
    case "link": {
      const { href } = token as Tokens.Link;
      // A document's links lead out of the page only when a person chooses so, and never run a script.
      if (!/^https?:/.test(href)) return inline(token.tokens, onCite);
      return (
        <a href={href} target="_blank" rel="noreferrer noopener" className="text-accent underline underline-offset-2">
          {inline(token.tokens, onCite)}
        </a>
      );
    }
    case "image":
      return token["text"];
    case "escape":
      return token["text"];
    case "text":
      return token.tokens ? inline(token.tokens, onCite) : cited(plain(token["text"]), onCite);
    default:
      return cited(token.raw, onCite);
  }
}

const entities: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
/** marked escapes text for HTML; React does that itself. */
const plain = (text: string): string => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);

function cited(text: string, onCite: MarkdownProps["onCite"]): ReactNode {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(citation)) {
    const [whole, path = "", n = ""] = match;
    parts.push(text.slice(end, match.index));
    parts.push(<Cite key={match.index} path={path} n={n} onCite={onCite} />);
    end = match.index + whole.length;
  }
  return parts.length === 0 ? text : [...parts, text.slice(end)];
}

export function Cite({ path, n, onCite }: { path: string; n: string | number; onCite: MarkdownProps["onCite"] }) {
  const short = path.split("/").at(-1) ?? path;
  return (
    <button
      type="button"
      onClick={() => onCite(`${path}#${n}`)}
      title={`${path}, sentence ${n}`}
      className="mx-0.5 inline-flex max-w-[22ch] relative items-baseline rounded-4 border border-line bg-raised px-1.5 align-baseline font-sans text-12 text-muted hover:border-accent hover:text-accent"
    >
      <span className="sr-only">source: </span>
      <span className="truncate">{short}</span>
      <span className="text-subtle">#{n}</span>
    </button>
  );
}
