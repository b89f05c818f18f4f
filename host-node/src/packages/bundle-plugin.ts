import { readFile, stat } from "node:fs/promises";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { OrreryError } from "@orrery/sdk";
import type { BuildFailure, Message } from "esbuild";

/** A plugin as one ES module that imports nothing but "@orrery/sdk". */
export interface BundledPlugin {
  readonly code: string;
  /** Where it was found: its folder and its entry. */
  readonly folder: string;
  readonly file: string;
  /** Places worth a look, each with file and line. */
  readonly warnings: readonly string[];
  /** A text with the places of the bundle in it (`plugin.js:12:5`) as places of the sources (`src/index.ts:7:3`). */
  placed(text: string): string;
}

/**
 * A plugin's source, in JavaScript or TypeScript, with the libraries it uses. A folder means what its package.json exports, else its index.ts or index.js.
 * `around`: a module to bundle in its place, made from the file it is in. Throws PLUGIN_NOT_FOUND, PLUGIN_INVALID, and SOURCE_INVALID naming file and line.
 */
export async function bundlePlugin(path: string, around?: (file: string) => string): Promise<BundledPlugin> {
  const { folder, file } = await locate(resolve(path));
  const { build } = await import("esbuild");
  const built = await build({
    ...(around ? { stdin: { contents: around(file), resolveDir: folder } } : { entryPoints: [file] }),
    absWorkingDir: folder,
    bundle: true,
    write: false,
    format: "esm",
    // Neither Node's nor a browser's: what it imports must do without both.
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import"],
    target: "es2023",
    external: ["@orrery/sdk"],
    charset: "utf8",
    sourcemap: "external",
    outfile: join(folder, "plugin.js"),
    logLevel: "silent",
  }).catch((failure: BuildFailure) => {
    const errors = (failure.errors ?? []).map(said);
    throw new OrreryError("SOURCE_INVALID", errors.length > 0 ? errors.join("\n") : `${file} cannot be bundled: ${String(failure)}`, {
      todo: "Correct the source and try again.",
      cause: failure,
    });
  });
  const output = (end: string): string => built.outputFiles.find((each) => each.path.endsWith(end))?.text ?? "";
  const map = new SourceMap(JSON.parse(output(".map")) as SourceMapPayload);
  const placed = (text: string): string =>
    text.replace(/\bplugin\.js:(\d+):(\d+)/g, (place, line: string, column: string) => {
      const entry = map.findEntry(Number(line) - 1, Math.max(0, Number(column) - 1));
      if (!("originalSource" in entry) || typeof entry.originalSource !== "string") return place;
      return `${relative(folder, resolve(folder, entry.originalSource))}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    });
  return { code: output("plugin.js"), folder, file, warnings: built.warnings.map(said), placed };
}

function said({ text, location }: Message): string {
  const advice = /^Could not resolve "(node:|(fs|path|http|https|os|crypto|child_process|net|process|buffer|stream)[/"])/.test(text)
    ? ". A plugin in a sandbox has nothing of Node: ask the host for a service instead"
    : "";
  return `${location ? `${location.file}:${location.line}:${location.column + 1}: ` : ""}${text}${advice}`;
}

async function locate(path: string): Promise<{ folder: string; file: string }> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new OrreryError("PLUGIN_NOT_FOUND", `there is no plugin at ${path}`, { todo: "Give a plugin's folder, or its file.", cause });
  });
  if (!found.isDirectory()) return { folder: dirname(path), file: path };
  const exported = await exportOf(path);
  for (const name of [...(exported ? [exported] : []), "index.ts", "index.js", "src/index.ts", "src/index.js"]) {
    const file = join(path, name);
    const there = await stat(file).catch(() => undefined);
    if (there?.isFile()) return { folder: path, file };
  }
  throw new OrreryError("PLUGIN_NOT_FOUND", `${path} has no index.ts or index.js, and its package.json exports none`, {
    todo: 'Name the plugin\'s file in package.json: "exports": "./index.js".',
  });
}

async function exportOf(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, "package.json"), "utf8").catch(() => "{}");
  try {
    const { exports, main } = JSON.parse(text) as { exports?: unknown; main?: unknown };
    return typeof exports === "string" ? exports : typeof main === "string" ? main : undefined;
  } catch (cause) {
    throw new OrreryError("PLUGIN_INVALID", `${join(folder, "package.json")} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      todo: "Correct it.",
      cause,
    });
  }
}
