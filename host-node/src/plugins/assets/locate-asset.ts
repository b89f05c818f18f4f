import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Where an asset may be; the first that exists is it. */
export type AssetSource = (name: string) => string | undefined;

const plain = /^[a-z0-9][\w.-]*(\/[a-z0-9][\w.-]*)*$/i;

/** A name that stays in its folder: no `..`, no absolute path, no backslash. */
export const isAssetName = (name: string): boolean => plain.test(name) && !name.includes("..") && name.length <= 200;

/** A folder that holds assets under their own names: `assets/` beside the bundle, or the person's own models. */
export const folder =
  (root: string): AssetSource =>
  (name) =>
    join(root, ...name.split("/"));

/** The workspace's own files, when the product runs from its sources. */
export function workspaceSources(from: string): AssetSource[] {
  const encoder = attempt(() => dirname(fileURLToPath(import.meta.resolve("@orrery/plugins/embeddings"))));
  if (!encoder || !existsSync(encoder)) return [];
  const ort = attempt(() => {
    const entry = createRequire(join(encoder, from)).resolve("onnxruntime-web");
    return entry.slice(0, entry.lastIndexOf(`${sep}dist${sep}`) + 6);
  });
  return [folder(join(encoder, "model")), (name) => (ort && name.startsWith("ort/") ? join(ort, name.slice(4)) : undefined)];
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    // Not a workspace: the bundle brings its own.
    return undefined;
  }
}
