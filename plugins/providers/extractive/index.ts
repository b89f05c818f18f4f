import { definePlugin, Documents, lazy, type ModelInfo } from "@orrery/sdk";
import type { Provider } from "./provider.ts";

const model: ModelInfo = {
  id: "orrery/extractive",
  provider: "orrery",
  label: "Extractive engine",
  kind: "extractive",
  local: true,
  paid: false,
  state: "embedded",
  source: "built in",
  note: "Selects and arranges sentences of your documents; it cannot invent prose. Tokens are words and punctuation marks.",
};

/** The engine itself, loaded at the first request. */
export const load = lazy(() => import("./provider.ts"));

/** The embedded default: answers from documents, with citations, with no key and no download. */
export default definePlugin({
  manifest: {
    id: "orrery.provider.extractive",
    version: "1.0.0",
    api: "^1.0",
    title: "Extractive engine",
    description: "Selects, checks and arranges sentences of the documents it is given, each with its citation. It cannot invent prose.",
    capabilities: ["hook.call:model.delta"],
  },
  requires: { documents: Documents },
  setup({ use, tap, call }) {
    let provider: Provider | undefined;
    tap("model.list", () => [model]);
    tap("model.call", async (request, { signal }) => {
      if (request.model !== model.id) return undefined;
      const { Provider } = await load();
      provider ??= new Provider(use.documents, (delta) => call("model.delta", delta));
      return provider.call(request, signal);
    });
  },
});
