import { type Assets, OrreryError } from "@orrery/sdk";

export type Library = typeof import("@huggingface/transformers");
export type Device = "cpu" | "wasm" | "webgpu";

/** WebAssembly of the onnxruntime the library brings; the glue around it is in the library's own bundle. */
export const wasmAsset = "transformers/ort-wasm-simd-threaded.asyncify.wasm";

/** Where the library believes its models to be. Nothing is there: every path under it is answered by `Assets`. */
const root = "/orrery-assets/";

/**
 * Loads transformers.js and takes the network away from it: model files come from `Assets` under their own names, WebAssembly too,
 * and whatever else it asks for does not exist. Its settings are one object a realm, so every call sets them alike.
 */
export async function openLibrary(assets: Assets): Promise<Library> {
  const library = await import("@huggingface/transformers");
  const { env } = library;
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = root;
  env.remoteHost = root;
  env.remotePathTemplate = "{model}/";
  env.useFS = false;
  env.useFSCache = false;
  env.useBrowserCache = false;
  env.useWasmCache = false;
  env.useCustomCache = true;
  env.customCache = {
    match: async (request) => {
      const name = assetName(String(request));
      if (name === undefined || !(await assets.has(name))) return undefined;
      return new Response((await assets.load(name)) as Uint8Array<ArrayBuffer>);
    },
    put: async () => undefined,
    delete: async () => false,
  };
  env.fetch = async () => new Response(null, { status: 404 });
  env.logLevel = library.LogLevel.NONE;
  return library;
}

function assetName(path: string): string | undefined {
  const at = path.indexOf(root);
  return at < 0 ? undefined : path.slice(at + root.length);
}

/** What the tokens are computed on. `auto`: in a browser a WebGPU adapter if there is one, else WebAssembly; in Node the CPU. */
export async function chooseDevice(asked: Device | "auto"): Promise<Device> {
  if (asked !== "auto") return asked;
  if (inNode()) return "cpu";
  const gpu = (globalThis.navigator as { gpu?: { requestAdapter(): Promise<unknown> } } | undefined)?.gpu;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter ? "webgpu" : "wasm";
}

/** The library's own test: it brings the native runtime there, and WebAssembly everywhere else. */
const inNode = (): boolean => (globalThis as { process?: { release?: { name?: string } } }).process?.release?.name === "node";

/** Points onnxruntime-web at the WebAssembly of this origin; its own default is a content delivery network. */
export async function provideWasm(library: Library, assets: Assets): Promise<void> {
  const { wasm } = library.env.backends.onnx;
  if (inNode() || !wasm || wasm.wasmBinary) return;
  if (!(await assets.has(wasmAsset)))
    throw new OrreryError("ASSET_MISSING", `This host has no "${wasmAsset}", which models in the browser run on.`, {
      todo: "Build the page with local models included.",
    });
  const bytes = await assets.load(wasmAsset);
  wasm.wasmBinary = bytes.buffer as ArrayBuffer;
  delete wasm.wasmPaths;
  // More would need a page isolated by COOP and COEP.
  wasm.numThreads = 1;
}
