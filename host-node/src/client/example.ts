import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OrreryError } from "@orrery/sdk";
import { z } from "zod";

const description = z.object({ task: z.string().min(1), documents: z.string().min(1) });

export interface Example {
  task: string;
  documents: { path: string; title: string }[];
  /** The folder the documents are in. */
  folder: string;
}

// Beside the bundle (dist/example/); in the workspace, from the bundle's place and from this file's.
const places = ["example/", "../../examples/aurora/", "../../../examples/aurora/"].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** The task that comes with the product; undefined when it was left out of this installation. */
export async function findExample(): Promise<Example | undefined> {
  for (const place of places) {
    const text = await readFile(join(place, "example.json"), "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const { task, documents } = description.parse(JSON.parse(text));
    const folder = join(place, documents);
    const names = (await readdir(folder)).sort();
    return { task, folder, documents: await Promise.all(names.map(async (path) => ({ path, title: await titleOf(join(folder, path), path) }))) };
  }
  return undefined;
}

export async function needExample(): Promise<Example> {
  const found = await findExample();
  if (!found) throw new OrreryError("EXAMPLE_MISSING", "this installation has no example", { todo: 'Give a task of your own: orrery run "…" --docs FOLDER' });
  return found;
}

/** A text's first heading; else the file's name. */
async function titleOf(file: string, name: string): Promise<string> {
  if (!/\.(md|txt)$/.test(name)) return name;
  return /^#\s+(.+)$/m.exec(await readFile(file, "utf8"))?.[1] ?? name;
}
