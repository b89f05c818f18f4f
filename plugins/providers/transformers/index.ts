import { Assets, definePlugin, type ModelInfo } from "@orrery/sdk";
import { z } from "zod";
import { contextOf, findWeights, LocalModel } from "./local-model.ts";

const prefix = "transformers/";

/** Language models that run in this process or tab on transformers.js, from files the host already has. Nothing is ever downloaded. */
export default definePlugin({
  manifest: {
    id: "orrery.provider.transformers",
    version: "0.1.0",
    api: "^1.0",
    title: "Models in this process",
    description: "Runs ONNX language models with transformers.js: CPU in Node, WebGPU or WebAssembly in a browser.",
    capabilities: [{ name: "hook.call:model.delta", reason: "to stream what a model writes" }],
  },
  config: z
    .strictObject({
      models: z
        .array(z.string().regex(/^[a-z0-9][\w.-]*(\/[a-z0-9][\w.-]*)?$/i, "the name of a folder of models, as tiny-llama"))
        .default([])
        .describe("Folders among the host's assets, each a model as transformers.js lays it out"),
      device: z.enum(["auto", "cpu", "wasm", "webgpu"]).default("auto"),
    })
    .prefault({}),
  requires: { assets: Assets },
  setup({ use: { assets }, config, tap, call, own }) {
    const open = new Map<string, Promise<LocalModel>>();
    own("loaded models", async () => {
      const models = await Promise.allSettled(open.values());
      open.clear();
      await Promise.all(models.map((model) => (model.status === "fulfilled" ? model.value.close() : undefined)));
    });

    tap("model.list", async () => {
      const found = await Promise.all(
        config.models.map(async (name): Promise<ModelInfo | undefined> => {
          const dtype = await findWeights(assets, name);
          if (!dtype) return undefined;
          const contextTokens = await contextOf(assets, name);
          return {
            id: prefix + name,
            provider: "transformers",
            label: name,
            kind: "generative",
            local: true,
            paid: false,
            state: "embedded",
            ...(contextTokens ? { contextTokens } : {}),
            source: "files of this host",
            note: `Runs in this process (${dtype} weights).`,
          };
        }),
      );
      return found.filter((model) => model !== undefined);
    });

    tap("model.call", async (request, { signal }) => {
      const name = request.model.startsWith(prefix) ? request.model.slice(prefix.length) : undefined;
      if (name === undefined || !config.models.includes(name)) return undefined;
      const dtype = await findWeights(assets, name);
      if (!dtype) return undefined;
      const opening = open.get(name) ?? LocalModel.open(assets, name, dtype, config.device);
      open.set(name, opening);
      opening.catch(() => open.delete(name));
      const { run, step, agent } = request.origin;
      const made = await (await opening).generate(request, signal, (text) => call("model.delta", { run, step, agent, text }));
      return { model: request.model, ...made };
    });
  },
});
