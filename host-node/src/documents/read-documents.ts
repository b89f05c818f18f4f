import type { Dirent } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { type InputFile, OrreryError, type SkippedFile } from "@orrery/sdk";
import type { Settings } from "../settings/schema.ts";

export interface ReadDocuments {
  files: InputFile[];
  /** What was there and was not read, each with its reason. */
  skipped: SkippedFile[];
  /** The absolute paths that were asked for: enough to read them again. */
  sources: string[];
}
interface Found {
  absolute: string;
  path: string;
}

const ignoredFolders = new Set(["node_modules", "__pycache__"]);

/**
 * Reads files and folders (whole trees, in the order of their paths). Hidden files, links and `node_modules` are not followed but listed;
 * a path that does not exist is an error: DOCS_NOT_FOUND. With one folder, paths are relative to it; with several, its name comes first.
 */
export async function readDocuments(paths: readonly string[], limits: Settings["documents"]): Promise<ReadDocuments> {
  const sources = [...new Set(paths.map((path) => resolve(path)))];
  const found: Found[] = [];
  const skipped: SkippedFile[] = [];
  const entered = new Set<string>();
  for (const source of sources) {
    const kind = await kindOf(source);
    const prefix = sources.length > 1 ? basename(source) : "";
    if (kind === "file") found.push({ absolute: source, path: uniqueName(source, found) });
    else await walk(await realpath(source), prefix, { found, skipped, entered, most: limits.maxFiles });
  }
  found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));

  const files: InputFile[] = [];
  let total = 0;
  for (const [i, { absolute, path }] of found.entries()) {
    if (i >= limits.maxFiles) {
      skipped.push({ path, code: "TOO_MANY_FILES", reason: `more than ${limits.maxFiles} files (setting documents.maxFiles)` });
      continue;
    }
    try {
      const { size } = await stat(absolute);
      if (size > limits.maxFileBytes)
        skipped.push({
          path,
          code: "FILE_TOO_LARGE",
          reason: `${megabytes(size)} is above the ${megabytes(limits.maxFileBytes)} a file may have (setting documents.maxFileBytes)`,
        });
      else if (total + size > limits.maxTotalBytes)
        skipped.push({
          path,
          code: "TOO_MUCH",
          reason: `the files before it already fill ${megabytes(limits.maxTotalBytes)} (setting documents.maxTotalBytes)`,
        });
      else {
        total += size;
        files.push({ path, bytes: new Uint8Array(await readFile(absolute)) });
      }
    } catch (error) {
      skipped.push({ path, code: "FILE_UNREADABLE", reason: reasonOf(error) });
    }
  }
  skipped.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { files, skipped, sources };
}

async function kindOf(source: string): Promise<"file" | "folder"> {
  try {
    const found = await stat(source);
    if (found.isFile()) return "file";
    if (found.isDirectory()) return "folder";
  } catch (cause) {
    throw new OrreryError("DOCS_NOT_FOUND", `${source} cannot be read: ${reasonOf(cause)}`, {
      todo: "Check the path given with --docs; it must be a file or a folder.",
      cause,
    });
  }
  throw new OrreryError("DOCS_NOT_FOUND", `${source} is neither a file nor a folder`, {
    todo: "Check the path given with --docs; it must be a file or a folder.",
  });
}

async function walk(root: string, prefix: string, into: { found: Found[]; skipped: SkippedFile[]; entered: Set<string>; most: number }): Promise<void> {
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const real = await realpath(folder);
    if (into.entered.has(real)) continue;
    into.entered.add(real);
    const nameOf = (absolute: string) => [prefix, ...relative(root, absolute).split(sep)].filter(Boolean).join("/");
    let entries: Dirent[];
    try {
      entries = await readdir(folder, { withFileTypes: true });
    } catch (error) {
      into.skipped.push({ path: `${nameOf(folder) || "."}/`, code: "FOLDER_UNREADABLE", reason: reasonOf(error) });
      continue;
    }
    for (const entry of entries) {
      const absolute = join(folder, entry.name);
      const path = nameOf(absolute);
      if (entry.name.startsWith(".")) into.skipped.push({ path, code: "HIDDEN", reason: "its name begins with a dot" });
      else if (entry.isSymbolicLink()) into.skipped.push({ path, code: "LINK", reason: "links are not followed" });
      else if (entry.isDirectory() && ignoredFolders.has(entry.name))
        into.skipped.push({ path: `${path}/`, code: "FOLDER_IGNORED", reason: "folders of this name hold other people's code" });
      else if (entry.isDirectory()) waiting.push(absolute);
      else if (entry.isFile()) into.found.push({ absolute, path });
      else into.skipped.push({ path, code: "NOT_A_FILE", reason: "it is neither a file nor a folder" });
      // Twice the limit is enough to say how it was passed; a tree without end is not walked to its end.
      if (into.found.length + into.skipped.length > into.most * 2) return;
    }
  }
}

const uniqueName = (file: string, found: readonly Found[]): string => {
  const name = basename(file);
  return found.some(({ path }) => path === name) ? `${basename(dirname(file))}/${name}` : name;
};
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e6 ? 2 : 1)} MB`;

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const words: Record<string, string> = {
    ENOENT: "there is no such file or folder",
    EACCES: "permission denied",
    EPERM: "permission denied",
    ELOOP: "its links go in a circle",
    ENAMETOOLONG: "its name is too long",
  };
  return words[code] ?? (error instanceof Error ? error.message : String(error));
}
