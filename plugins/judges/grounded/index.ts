import { definePlugin, Documents, type Judgement, lazy } from "@orrery/sdk";

/** The judging itself, loaded at the first output. */
export const load = lazy(() => import("./verdict.ts"));

/** Checks every cited statement against the very sentence it cites. A place that does not exist is a fabrication and rejects the output. */
export default definePlugin({
  manifest: {
    id: "orrery.judge.grounded",
    version: "1.0.0",
    api: "^1.0",
    title: "Groundedness judge",
    description: "Looks up every citation: is the sentence there, and is it the one that is quoted?",
  },
  requires: { documents: Documents },
  setup({ use, tap }) {
    const judge = async (judgement: Judgement) => (await load()).verdict(judgement, use.documents);
    tap("step.judge", judge);
    tap("task.judge", judge);
  },
});
