import { readdir, readFile } from "node:fs/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { InputFile } from "@orrery/sdk";

const root = new URL("../../", import.meta.url);

/** Every file below a folder of this repository, as a host would hand it in. */
export async function filesBelow(folder: string): Promise<InputFile[]> {
  const base = fileURLToPath(new URL(folder, root));
  const entries = await readdir(base, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = `${entry.parentPath}/${entry.name}`;
        return { path: relative(base, path).replaceAll("\\", "/"), bytes: new Uint8Array(await readFile(path)) };
      }),
  );
}

/** Documentation that nobody here wrote: installed with the server library. */
export const fastifyDocs = (): Promise<InputFile[]> => filesBelow("host-node/node_modules/fastify/docs");
export const auroraDocs = (): Promise<InputFile[]> => filesBelow("examples/aurora/documents");

export const fixture = async (name: string): Promise<string> => readFile(new URL(`tests/fixtures/fuzz/${name}`, root), "utf8");

/** `Sentence. [path#n]` lines of a report, and the lines that are neither that nor a heading. */
export function readReport(text: string): { cited: { text: string; path: string; n: number }[]; headings: string[]; other: string[] } {
  const cited: { text: string; path: string; n: number }[] = [];
  const headings: string[] = [];
  const other: string[] = [];
  for (const line of text.split("\n").filter((part) => part.trim() !== "")) {
    const match = /^(.+) \[([^[\]]+)#(\d+)\]$/.exec(line);
    if (line.startsWith("#")) headings.push(line);
    else if (match) cited.push({ text: match[1] as string, path: match[2] as string, n: Number(match[3]) });
    else other.push(line);
  }
  return { cited, headings, other };
}
