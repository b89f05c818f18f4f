import { definePlugin } from "@orrery/sdk";
import { decide } from "./decide.ts";

/** What becomes of a judged output: accepted, sent back with feedback, rejected, or handed to a person; always with the reasons. */
export default definePlugin({
  manifest: {
    id: "orrery.judge.policy",
    version: "1.0.0",
    api: "^1.0",
    title: "Quality policy",
    description: "Decides on the judges' verdicts: accept, retry with feedback, reject, or escalate to a person.",
  },
  setup({ tap }) {
    tap("task.decide", decide);
  },
});
