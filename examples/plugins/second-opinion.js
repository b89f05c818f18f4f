import { definePlugin, Models } from "@orrery/sdk";

const instructions =
  "You review answers. Reply with one line: a whole number from 0 (useless) to 10 (complete and correct), a space, and the reason in one sentence.";

/** Asks another free model on this machine what it thinks of the outcome, and stands back where there is none. */
export default definePlugin({
  manifest: {
    id: "acme.second-opinion",
    version: "1.0.0",
    api: "^1.0",
    title: "Second opinion",
    description: "A model reads the outcome of each task and says how good it is.",
    capabilities: [{ name: "model.call", reason: "it asks a model what it thinks of the outcome" }],
  },
  requires: { models: Models },
  setup({ tap, use, log, plugin }) {
    const abstain = (why) => ({ judge: plugin.id, score: 0, decision: /** @type {const} */ ("abstain"), reasons: [why] });

    tap("task.judge", async ({ run, task, artifact, model }) => {
      const prompt = `Task:\n${task}\n\nAnswer:\n${artifact.text.slice(0, 20_000)}`;
      let opinion;
      try {
        const other = (await use.models.list()).find(({ id, kind, local, paid }) => kind === "generative" && local && !paid && id !== model);
        if (!other) return abstain("no other model is here to ask");
        opinion = await use.models.ask({ run, model: other.id, system: instructions, prompt, maxOutputTokens: 100 });
      } catch (/** @type {any} */ error) {
        // No model to ask, or no money for it: a judge that cannot judge stands back.
        log.warn(`no second opinion: ${error.code}`);
        return abstain(`nobody could be asked (${error.code})`);
      }
      const [, mark, reason] = /^\s*(10|[0-9])\b[\s.:/-]*(.*)/.exec(opinion.text) ?? [];
      if (mark === undefined) return abstain(`${opinion.model} gave no mark`);
      const score = Number(mark) / 10;
      return { judge: plugin.id, score, decision: score >= 0.5 ? "accept" : "reject", reasons: [reason || `${opinion.model} gave ${mark} of 10`] };
    });
  },
});
