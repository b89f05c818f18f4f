import { type Assets, OrreryError } from "@orrery/sdk";

/** What the encoder needs of its host, by name. */
export const assetNames = {
  wasm: "ort/ort-wasm-simd-threaded.wasm",
  model: "use-lite-en/onnx/model_quantized.onnx",
  tokenizer: "use-lite-en/tokenizer.json",
  tokenizerConfig: "use-lite-en/tokenizer_config.json",
} as const;

/** Tokens of a text that count; the rest is cut off, as in the model's original. */
const mostTokens = 128;

export interface Encoder {
  /** One normalised vector. */
  encode(text: string): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * The sentence encoder on onnxruntime's WebAssembly: the same binary, one thread and one text at a time in Node and in every
 * browser, which is what makes the vectors equal bit for bit. Throws EMBEDDINGS_UNAVAILABLE where an asset is missing or does not start.
 */
export async function openEncoder(assets: Assets): Promise<Encoder> {
  const bytes = await load(assets);
  try {
    const [ort, { Tokenizer }] = await Promise.all([import("onnxruntime-web/wasm"), import("@huggingface/tokenizers")]);
    ort.env.wasm.wasmBinary = bytes.wasm;
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.proxy = false;
    ort.env.logLevel = "error";
    const session = await ort.InferenceSession.create(bytes.model, { executionProviders: ["wasm"] });
    const tokenizer = new Tokenizer(parse(bytes.tokenizer), parse(bytes.tokenizerConfig));
    return {
      async encode(text) {
        const ids = tokenizer.encode(text.trim() || " ").ids.slice(0, mostTokens);
        const shape = [1, ids.length];
        const { sentence_embedding } = await session.run(
          {
            input_ids: new ort.Tensor("int64", BigInt64Array.from(ids, BigInt), shape),
            attention_mask: new ort.Tensor("int64", new BigInt64Array(ids.length).fill(1n), shape),
          },
          ["sentence_embedding"],
        );
        // A copy: the runtime may reuse what the tensor points at.
        return Float32Array.from(sentence_embedding?.data as Float32Array);
      },
      close: () => session.release(),
    };
  } catch (error) {
    throw new OrreryError("EMBEDDINGS_UNAVAILABLE", "the sentence encoder did not start", {
      cause: error,
      todo: "Search goes on by words alone. Check that WebAssembly is allowed here.",
    });
  }
}

const parse = (bytes: Uint8Array): object => JSON.parse(new TextDecoder().decode(bytes)) as object;

async function load(assets: Assets): Promise<Record<keyof typeof assetNames, Uint8Array>> {
  const entries = await Promise.all(
    Object.entries(assetNames).map(async ([key, name]) => {
      try {
        return [key, await assets.load(name)] as const;
      } catch (error) {
        throw new OrreryError("EMBEDDINGS_UNAVAILABLE", `the sentence encoder's file "${name}" is not here`, {
          cause: error,
          todo: "Search goes on by words alone. Reinstall, or reload the page once online, to get the file back.",
        });
      }
    }),
  );
  return Object.fromEntries(entries) as Record<keyof typeof assetNames, Uint8Array>;
}
