import type { Unit } from "../unit.ts";
import { readText } from "./text.ts";

/** PDF: the text of each page, by Mozilla's PDF.js (loaded at the first PDF). A page is a heading. Throws where the file is broken, locked or without text. */
export async function readPdf(bytes: Uint8Array): Promise<Unit[]> {
  const { extractText, getDocumentProxy } = await import("unpdf");
  // PDF.js takes the buffer over: hand it a copy.
  const pdf = await getDocumentProxy(bytes.slice(), { verbosity: 0 });
  const { text } = await extractText(pdf, { mergePages: false });
  return text.flatMap((page, i) => readText(page).map((unit) => ({ ...unit, headings: [`Page ${i + 1}`, ...unit.headings] })));
}
