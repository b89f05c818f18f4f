import type { PreTrainedModel, PreTrainedTokenizer, Tensor } from "@huggingface/transformers";
import { type Assets, type ModelRequest, OrreryError, type Usage } from "@orrery/sdk";
import { chooseDevice, type Device, type Library, openLibrary, provideWasm } from "./library.ts";

export type Dtype = "q8" | "q4" | "q4f16" | "fp16" | "fp32";
/** Files a model's weights may be in, the one taken first first. */
const weightFiles: readonly (readonly [Dtype, string])[] = [
  ["q8", "onnx/model_quantized.onnx"],
  ["q4", "onnx/model_q4.onnx"],
  ["q4f16", "onnx/model_q4f16.onnx"],
  ["fp16", "onnx/model_fp16.onnx"],
  ["fp32", "onnx/model.onnx"],
];
const always = ["config.json", "tokenizer.json", "tokenizer_config.json"];

/** The form of the weights this host has of a model; undefined when anything that is needed is not here. */
export async function findWeights(assets: Assets, name: string): Promise<Dtype | undefined> {
  for (const file of always) if (!(await assets.has(`${name}/${file}`))) return undefined;
  for (const [dtype, file] of weightFiles) if (await assets.has(`${name}/${file}`)) return dtype;
  return undefined;
}

/** What the model's own configuration says it can read, in tokens. */
export async function contextOf(assets: Assets, name: string): Promise<number | undefined> {
  const config = JSON.parse(new TextDecoder().decode(await assets.load(`${name}/config.json`))) as { max_position_embeddings?: unknown };
  return typeof config.max_position_embeddings === "number" ? config.max_position_embeddings : undefined;
}

export interface Generated {
  text: string;
  usage: Usage;
  finish: "stop" | "length";
}

/** A model in this process: loaded once, one answer at a time. */
export class LocalModel {
  readonly device: Device;
  readonly #library: Library;
  readonly #tokenizer: PreTrainedTokenizer;
  readonly #model: PreTrainedModel;
  readonly #context: number;
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(library: Library, device: Device, tokenizer: PreTrainedTokenizer, model: PreTrainedModel, context: number) {
    this.#library = library;
    this.device = device;
    this.#tokenizer = tokenizer;
    this.#model = model;
    this.#context = context;
  }

  static async open(assets: Assets, name: string, dtype: Dtype, asked: Device | "auto"): Promise<LocalModel> {
    try {
      const library = await openLibrary(assets);
      await provideWasm(library, assets);
      const device = await chooseDevice(asked);
      const tokenizer = await library.AutoTokenizer.from_pretrained(name, { local_files_only: true });
      const model = await library.AutoModelForCausalLM.from_pretrained(name, { local_files_only: true, dtype, device });
      return new LocalModel(library, device, tokenizer, model, (await contextOf(assets, name)) ?? 2_048);
    } catch (cause) {
      if (cause instanceof OrreryError) throw cause;
      throw new OrreryError("MODEL_NOT_LOADED", `The model "${name}" could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, {
        todo: "Check that its files are complete and that there is memory for them.",
        cause,
      });
    }
  }

  /** Waits for the answer before it. Throws the signal's reason once aborted, at the next token. */
  generate(
    request: Pick<ModelRequest, "system" | "messages" | "maxOutputTokens" | "temperature">,
    signal: AbortSignal,
    onText: (text: string) => void,
  ): Promise<Generated> {
    const made = this.#tail.then(() => this.#generate(request, signal, onText));
    this.#tail = made.catch(() => undefined);
    return made;
  }

  async #generate(
    { system, messages, maxOutputTokens, temperature = 0 }: Pick<ModelRequest, "system" | "messages" | "maxOutputTokens" | "temperature">,
    signal: AbortSignal,
    onText: (text: string) => void,
  ): Promise<Generated> {
    signal.throwIfAborted();
    const turns = [...(system ? [{ role: "system", content: system }] : []), ...messages];
    const inputs = this.#tokenizer.apply_chat_template(turns, { add_generation_prompt: true, return_dict: true }) as {
      input_ids: Tensor;
      attention_mask: Tensor;
    };
    const read = inputs.input_ids.dims[1] ?? 0;
    const room = this.#context - read;
    if (room < 1)
      throw new OrreryError("MODEL_CONTEXT_TOO_LONG", `The request has ${read} tokens and this model reads ${this.#context}.`, {
        todo: "Choose a model with a larger context window, or hand in fewer documents.",
        refusal: true,
      });

    const { TextStreamer, InterruptableStoppingCriteria } = this.#library;
    const stopper = new InterruptableStoppingCriteria();
    const interrupt = (): void => stopper.interrupt();
    signal.addEventListener("abort", interrupt, { once: true });
    const streamer = new TextStreamer(this.#tokenizer, {
      skip_prompt: true,
      skip_special_tokens: true,
      callback_function: (text) => text !== "" && !signal.aborted && onText(text),
    });
    try {
      const sequence = (await this.#model.generate({
        ...inputs,
        max_new_tokens: Math.min(maxOutputTokens, room),
        do_sample: temperature > 0,
        ...(temperature > 0 ? { temperature } : {}),
        streamer,
        stopping_criteria: stopper,
      } as Parameters<PreTrainedModel["generate"]>[0])) as Tensor;
      signal.throwIfAborted();
      const ids = Array.from(sequence.data as BigInt64Array).slice(read);
      const ended = this.#endTokens().includes(Number(ids.at(-1)));
      return {
        text: this.#tokenizer.decode(ids, { skip_special_tokens: true }),
        usage: { inputTokens: read, outputTokens: ids.length },
        finish: ended ? "stop" : "length",
      };
    } finally {
      signal.removeEventListener("abort", interrupt);
    }
  }

  #endTokens(): number[] {
    const { eos_token_id: end } = (this.#model.generation_config ?? {}) as { eos_token_id?: number | number[] | null };
    return end === undefined || end === null ? [] : [end].flat();
  }

  /** After the answer under way. */
  async close(): Promise<void> {
    await this.#tail;
    await this.#model.dispose();
  }
}
