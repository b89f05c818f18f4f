import { definePlugin, Journal, Trace } from "@orrery/sdk";

/** `orrery.trace`: what a run did, when and for how long, as spans read off its journal. */
export default definePlugin({
  manifest: {
    id: "orrery.trace",
    version: "0.1.0",
    api: "^1.0",
    title: "Trace",
    description: "Shows a run as nested spans: plan, documents, memory, steps, model calls, judges, hooks.",
  },
  requires: { journal: Journal },
  provides: [Trace],
  setup({ use, provide }) {
    provide(Trace, { spans: async (run) => (await import("./spans.ts")).spansOf(await use.journal.read(run)) });
  },
});
