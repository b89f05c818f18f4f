/** Names of the files served beside the page under `assets/`, as its index lists them. Empty when the page came without an index. Throws what fetch throws. */
export async function listedAssets(base: string, signal?: AbortSignal): Promise<Set<string>> {
  const answer = await fetch(new URL("assets/index.json", base), signal ? { signal } : {});
  return new Set(answer.ok ? ((await answer.json()) as string[]) : []);
}
