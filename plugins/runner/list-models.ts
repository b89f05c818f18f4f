import type { ModelInfo, PluginContext } from "@orrery/sdk";

/** Every model of every provider that answers. */
export const listModels = async ({ call }: Pick<PluginContext, "call">): Promise<ModelInfo[]> =>
  (await call("model.list", { refresh: false })).flatMap((answer) => (answer.ok ? answer.value : []));
