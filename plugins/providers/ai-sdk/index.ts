import { Connections, definePlugin, Egress, type ModelInfo } from "@orrery/sdk";
import { z } from "zod";
import { generate } from "./generate.ts";
import { modelsOf } from "./list-models.ts";
import { badAnswer, troubleOf } from "./model-error.ts";
import { isOpenAi, languageModel } from "./model-host.ts";

/** OpenAI, Anthropic, Google and every OpenAI-compatible host, through the AI SDK's provider packages. Keys stay with the host. */
export default definePlugin({
  manifest: {
    id: "orrery.provider.ai-sdk",
    version: "0.1.0",
    api: "^1.0",
    title: "Model providers",
    description: "OpenAI, Anthropic, Google, Ollama, LM Studio and any OpenAI-compatible host, with streaming.",
    capabilities: [{ name: "hook.call:model.delta", reason: "to stream what a model writes" }],
  },
  config: z
    .strictObject({
      stream: z.boolean().default(true).describe("Show answers as they are written"),
      retries: z.int().min(0).max(10).default(2).describe("Further tries after a rate limit or a host that fails, before anything was answered"),
      maxWaitMs: z.number().positive().default(20_000).describe("No wait between tries is longer, in ms; a host that asks for more is not tried again"),
      reasoning: z
        .enum(["provider-default", "none", "minimal", "low", "medium", "high"])
        .default("low")
        .describe("How hard OpenAI's reasoning models think: their thinking counts as output and is paid for"),
      listMs: z.number().positive().default(1_500).describe("Milliseconds a host has to list its models, and how long its list is believed"),
      listedForMs: z.number().nonnegative().default(30_000),
    })
    .prefault({}),
  requires: { connections: Connections, egress: Egress },
  setup({ use: { connections, egress }, config, tap, call, clock, random, signal: scope }) {
    const lists = new Map<string, { at: number; models: Promise<ModelInfo[]> }>();

    tap("model.list", async ({ refresh }) => {
      const known = await connections.list();
      const keys = new Set<string>();
      const all = known.map((connection) => {
        const key = JSON.stringify(connection);
        keys.add(key);
        const last = lists.get(key);
        if (last && !refresh && clock.elapsed() - last.at < config.listedForMs) return last.models;
        const models = modelsOf(connection, egress, AbortSignal.any([scope, AbortSignal.timeout(config.listMs)]));
        lists.set(key, { at: clock.elapsed(), models });
        models.catch(() => lists.delete(key));
        return models;
      });
      for (const key of lists.keys()) if (!keys.has(key)) lists.delete(key);
      return (await Promise.all(all)).flat();
    });

    tap("model.call", async (request, { signal }) => {
      const slash = request.model.indexOf("/");
      const provider = request.model.slice(0, slash);
      const connection = (await connections.list()).find((each) => each.provider === provider);
      if (!connection) return undefined;
      const model = request.model.slice(slash + 1);
      const { run, step, agent } = request.origin;
      let begun = false;
      const onAnswer = (): void => {
        begun = true;
      };
      const onText = (text: string): void => call("model.delta", { run, step, agent, text });
      const options = { signal, ...(isOpenAi(connection) ? { reasoning: config.reasoning } : {}) };
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await generate(await languageModel(connection, model, egress, onAnswer), provider, request, options, config.stream ? onText : undefined);
        } catch (thrown) {
          if (signal.aborted) throw thrown;
          const { error, again, waitMs } = troubleOf(thrown, connection, model);
          // Half an answer may be billed, whatever ended it.
          if (begun && error.code === "MODEL_UNREACHABLE") throw badAnswer(request.model, "the connection broke off in the middle").error;
          // Doubling with jitter, as full-jitter backoff does, unless the host said how long.
          const wait = waitMs ?? 500 * 2 ** attempt * (0.5 + random.next() / 2);
          if (!again || begun || attempt >= config.retries || wait > config.maxWaitMs) throw error;
          await clock.sleep(wait, signal);
        }
      }
    });
  },
});
