/** The fixture model and the WebAssembly it runs on: from disk in Node, from the test server in a browser. */
export async function fixtureAssets(name: string): Promise<Uint8Array | undefined> {
  if (typeof window === "undefined") {
    const { readFile } = await import("node:fs/promises");
    return readFile(new URL(`../fixtures/models/${name}`, import.meta.url)).then(
      (bytes) => new Uint8Array(bytes),
      () => undefined,
    );
  }
  const address = name.startsWith("transformers/") ? await runtimeUrl(name.slice("transformers/".length)) : `/tests/fixtures/models/${name}`;
  const response = await fetch(address);
  // A development server answers any unknown path with a page.
  return response.ok && !response.headers.get("content-type")?.includes("text/html") ? new Uint8Array(await response.arrayBuffer()) : undefined;
}

/** The file of the very onnxruntime-web version that transformers.js asks for; the workspace holds another one too. */
async function runtimeUrl(file: string): Promise<string> {
  const manifest = (await (await fetch("/plugins/node_modules/@huggingface/transformers/package.json")).json()) as { dependencies: Record<string, string> };
  return `/node_modules/.pnpm/onnxruntime-web@${manifest.dependencies["onnxruntime-web"]}/node_modules/onnxruntime-web/dist/${file}`;
}
