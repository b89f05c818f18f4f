import type { AnyPlugin } from "@orrery/sdk";
import { listedAssets } from "./listed-assets.ts";

/** The embedded encoder: a model, but not one that writes. */
const encoder = "use-lite-en";

/** The plugin that runs the language models served beside the page, and their names; undefined, and nothing loaded, when there are none. */
export async function localModels(base: string): Promise<{ plugin: AnyPlugin; models: string[] } | undefined> {
  const models = modelFolders(await listedAssets(base));
  if (models.length === 0) return undefined;
  const { default: plugin } = await import("@orrery/plugins/providers/transformers");
  return { plugin, models };
}

/** Folders among the assets that hold a language model as transformers.js lays it out. */
export function modelFolders(assets: ReadonlySet<string>): string[] {
  const folders = [...assets].flatMap((name) => /^(.+)\/config\.json$/.exec(name)?.[1] ?? []);
  return folders.filter((folder) => folder !== encoder && [...assets].some((name) => name.startsWith(`${folder}/onnx/`))).sort();
}
