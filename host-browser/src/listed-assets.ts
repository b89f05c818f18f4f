/** The embedded encoder: a model, but not one that writes. */
const encoder = "use-lite-en";

/** Names of the files served beside the page under `assets/`, as its index lists them. Empty when the page came without an index. Throws what fetch throws. */
export async function listedAssets(base: string, signal?: AbortSignal): Promise<Set<string>> {
  const answer = await fetch(new URL("assets/index.json", base), signal ? { signal } : {});
  return new Set(answer.ok ? ((await answer.json()) as string[]) : []);
}

/** Folders among the assets that hold a language model as transformers.js lays it out. */
export function localModels(assets: ReadonlySet<string>): string[] {
  const folders = [...assets].flatMap((name) => /^(.+)\/config\.json$/.exec(name)?.[1] ?? []);
  return folders.filter((folder) => folder !== encoder && [...assets].some((name) => name.startsWith(`${folder}/onnx/`))).sort();
}
