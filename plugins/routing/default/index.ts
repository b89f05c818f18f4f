import { definePlugin } from "@orrery/sdk";
import { z } from "zod";
import { choose } from "./choose.ts";

/** Sends each step to the model the person named, else to a connected generative one (free and local first), else to the extractive engine, and says why. */
export default definePlugin({
  manifest: {
    id: "orrery.routing.default",
    version: "0.1.0",
    api: "^1.0",
    title: "Default routing",
    description: "The model asked for; else a connected generative one, free and local first; else the extractive engine. Says why.",
  },
  config: z
    .strictObject({
      maxOutputTokens: z.int().positive().default(2_048).describe("Most tokens one answer may have. The reservation of a paid call counts them in full"),
    })
    .prefault({}),
  setup({ tap, config }) {
    // No route is an answer, not a fault of this plugin: the runner then says which models there are.
    tap("task.route", (query) => choose(query, config.maxOutputTokens));
  },
});
