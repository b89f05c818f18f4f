import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { OrreryError } from "@orrery/sdk";
import { z } from "zod";

const description = z.object({ task: z.string().min(1), documents: z.array(z.object({ path: z.string(), title: z.string() })).min(1) });

export interface Example {
  task: string;
  documents: { path: string; title: string }[];
  /** The folder the documents are in. */
  folder: string;
}

// Beside the bundle (dist/example/) or in the workspace, from this file's place in the sources.
const places = ["example/", "../../examples/aurora/", "../../../examples/aurora/"].map((path) => new URL(path, import.meta.url));

/** The task that comes with the product; undefined when it was left out of this installation. */
export async function findExample(): Promise<Example | undefined> {
  for (const place of places) {
    const index = new URL("example.json", place);
    if (!(await access(index).then(() => true, () => false))) continue;
    const parsed = description.parse(JSON.parse(await readFile(index, "utf8")));
    return { ...parsed, folder: decodeURIComponent(place.pathname) };
  }
  return undefined;
}

export async function needExample(): Promise<Example> {
  const found = await findExample();
  if (!found) throw new OrreryError("EXAMPLE_MISSING", "this installation has no example", { todo: 'Give a task of your own: orrery run "…" --docs FOLDER' });
  return found;
}

export const exampleFiles = (example: Example): string[] => example.documents.map(({ path }) => join(example.folder, path));
