import { definePlugin, type Judgement, lazy } from "@orrery/sdk";

/** The judging itself, loaded at the first output. */
export const load = lazy(() => import("./verdict.ts"));

/** Is there an output, is it laid out, are its citations written as citations, and does it keep the criteria that name a rule. */
export default definePlugin({
  manifest: {
    id: "orrery.judge.format",
    version: "1.0.0",
    api: "^1.0",
    title: "Format judge",
    description: "Checks what can be measured: not empty, sections, well-formed citations, length and other criteria with a rule.",
  },
  setup({ tap }) {
    const judge = async (judgement: Judgement) => (await load()).verdict(judgement);
    tap("step.judge", judge);
    tap("task.judge", judge);
  },
});
