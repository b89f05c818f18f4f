import type { DocumentInfo, InputFile, Sentence, SkippedFile } from "@orrery/sdk";
import { decode } from "./decode.ts";
import { readCode, readText } from "./formats/text.ts";
import { oneLine, readable, type Unit } from "./unit.ts";

export type Read = { readonly info: DocumentInfo; readonly sentences: Sentence[] } | { readonly skipped: SkippedFile };

const formats: Record<string, string> = {
  md: "markdown",
  markdown: "markdown",
  mdx: "markdown",
  txt: "text",
  text: "text",
  log: "text",
  rst: "text",
  adoc: "text",
  org: "text",
  html: "html",
  htm: "html",
  xhtml: "html",
  pdf: "pdf",
  json: "json",
  jsonl: "jsonl",
  ndjson: "jsonl",
  csv: "csv",
  tsv: "csv",
};
const code = new Set(
  "js mjs cjs jsx ts mts cts tsx py rb go rs java kt kts c h cc cpp hpp cs swift php pl lua r jl scala clj ex exs erl hs ml fs sh bash zsh ps1 sql css scss less vue svelte yaml yml toml ini cfg conf properties tf proto graphql gql dockerfile makefile gradle".split(
    " ",
  ),
);
const binary = new Set(
  "png jpg jpeg gif webp avif bmp ico tif tiff svg drawio mp3 mp4 wav ogg webm mov avi zip gz tgz bz2 xz 7z rar tar jar wasm exe dll so dylib bin woff woff2 ttf otf eot onnx sqlite db doc docx xls xlsx ppt pptx odt ods odp epub key pages numbers".split(
    " ",
  ),
);

type Reader = (source: string) => Unit[] | undefined;

/** A parser is loaded at the first document that needs it: a page that reads Markdown never fetches the others. */
const readers: Record<string, () => Promise<Reader>> = {
  markdown: async () => (await import("./formats/markdown.ts")).readMarkdown,
  text: async () => readText,
  html: async () => (await import("./formats/html.ts")).readHtml,
  json: async () => (await import("./formats/json.ts")).readJson,
  jsonl: async () => {
    const { readJson } = await import("./formats/json.ts");
    const lines = (source: string): string[] => source.split(/\r?\n/).filter((line) => line.trim() !== "");
    return (source) => lines(source).flatMap(readJson);
  },
  csv: async () => (await import("./formats/csv.ts")).readCsv,
  code: async () => readCode,
};

/** One file → its numbered sentences, or why it was skipped. Never throws for what is in the file. */
export async function readDocument(file: InputFile, maxBytes: number): Promise<Read> {
  const skip = (kind: string, reason: string): Read => ({ skipped: { path: file.path, code: kind, reason } });
  const { bytes } = file;
  if (bytes.length === 0) return skip("EMPTY", "the file is empty");
  if (bytes.length > maxBytes)
    return skip("TOO_LARGE", `it has ${megabytes(bytes.length)} MB, more than the ${megabytes(maxBytes)} MB a document may have: split it`);
  const format = formatOf(file);
  if (format === undefined) return skip("UNSUPPORTED", "files of this type are not read: hand in Markdown, text, HTML, PDF, JSON, CSV or source code");
  let units: Unit[] | undefined;
  let source = "";
  try {
    if (format === "pdf") units = await (await import("./formats/pdf.ts")).readPdf(bytes);
    else {
      const decoded = decode(bytes);
      if ("code" in decoded) return skip(decoded.code, decoded.reason);
      source = decoded.text;
      const marked = format === "text" && /^\s*<(?:\?xml|!doctype|html)/i.test(source);
      units = (await readers[marked ? "html" : format]?.())?.(source);
    }
  } catch (error) {
    return skip("BROKEN", `it could not be read as ${format}: ${oneLine(error instanceof Error ? error.message : String(error)).slice(0, 200)}`);
  }
  if (!units) return skip("BROKEN", `it could not be read as ${format}: a quote in it is never closed`);
  if (units.length === 0)
    return skip("NO_TEXT", format === "pdf" ? "it holds no text (a scan, perhaps): run it through text recognition first" : "it holds no sentence");
  const sentences = units.map((unit, i): Sentence => ({ path: file.path, n: i + 1, ...unit }));
  const words = sentences.reduce((sum, sentence) => sum + sentence.text.split(" ").length, 0);
  const title =
    (format === "html" ? (await import("./formats/html.ts")).htmlTitle(source) : undefined) ??
    sentences.find((sentence) => sentence.headings[0] && format !== "pdf" && format !== "json")?.headings[0] ??
    nameOf(file.path);
  return {
    info: { path: file.path, title: readable(title) ? title : nameOf(file.path), format, bytes: bytes.length, sentences: sentences.length, words },
    sentences,
  };
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** By the file's ending, then its media type; PDF by its first bytes whatever its name. A name nobody knows is tried as text. */
function formatOf(file: InputFile): string | undefined {
  if ([0x25, 0x50, 0x44, 0x46].every((byte, i) => file.bytes[i] === byte)) return "pdf";
  const name = nameOf(file.path).toLowerCase();
  const ending = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1) : name;
  const known = formats[ending];
  if (known) return known;
  if (code.has(ending)) return "code";
  if (binary.has(ending) || /^(?:image|audio|video|font)\//.test(file.mediaType ?? "")) return undefined;
  if (file.mediaType?.includes("html")) return "html";
  if (file.mediaType?.includes("json")) return "json";
  return "text";
}
