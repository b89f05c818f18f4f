import { definePlugin } from "@orrery/sdk";

/** Holds an agent's answer to the JSON Schema its team file gives; has nothing to say where there is none. */
export default definePlugin({
  manifest: {
    id: "orrery.judge.schema",
    version: "0.1.0",
    api: "^1.0",
    title: "Schema judge",
    description: "Checks an agent's answer against the JSON Schema in its team file, and says what does not fit.",
  },
  setup({ tap }) {
    tap("step.judge", async (judgement) => {
      if (!judgement.schema) return undefined;
      const { verdict } = await import("./verdict.ts");
      return verdict(judgement.schema, judgement.artifact);
    });
  },
});
