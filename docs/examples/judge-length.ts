import { definePlugin } from "@orrery/sdk";
import { z } from "zod";

/** Judges the outcome of a task by its length. Returning nothing means: no opinion. */
export default definePlugin({
  manifest: { id: "acme.judge-length", version: "1.0.0", api: "^1.0" },
  config: z.object({ words: z.int().positive().default(800) }),
  setup({ tap, config, plugin }) {
    tap("task.judge", ({ artifact }) => {
      const words = artifact.text.split(/\s+/).filter(Boolean).length;
      if (words === 0) return undefined;
      const fits = words <= config.words;
      return {
        judge: plugin.id,
        score: fits ? 1 : config.words / words,
        decision: fits ? "accept" : "reject",
        reasons: fits ? [] : [`${words} words; at most ${config.words} were wanted`],
      };
    });
  },
});
