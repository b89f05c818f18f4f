import { definePlugin } from "@orrery/sdk";

/** About four characters a token, the prompt's frame included: for choosing, never for a bill. */
const tokensOf = ({ view }) => Math.ceil((view.task.length + view.inputs.reduce((sum, { text }) => sum + text.length, 0)) / 4) + 500;
const answer = 800;

/** Sends each step to the cheapest model that can take it: what is free costs nothing, what has no known price is last. */
export default definePlugin({
  manifest: {
    id: "acme.frugal-router",
    version: "1.0.0",
    api: "^1.0",
    title: "Frugal router",
    description: "The cheapest model that fits, for every step.",
  },
  setup({ tap }) {
    tap("task.route", ({ step, models, preferred, remainingNano }) => {
      // A person's own choice is not ours to change.
      if (preferred !== undefined) return undefined;
      const input = tokensOf(step);
      const priced = models.flatMap(({ id, paid, local, price, contextTokens, state }) => {
        if (state === "unreachable" || state === "needs-download" || (step.localOnly && !local)) return [];
        if (contextTokens !== undefined && contextTokens < input + answer) return [];
        if (!paid) return [{ id, usd: 0 }];
        if (!step.spending.allowed || !price) return [];
        const usd = (input * price.inputUsdPerMTok + answer * price.outputUsdPerMTok) / 1e6;
        return usd * 1e9 <= remainingNano ? [{ id, usd }] : [];
      });
      const [cheapest, ...others] = priced.sort((a, b) => a.usd - b.usd || (a.id < b.id ? -1 : 1));
      if (!cheapest) return undefined;
      return {
        model: cheapest.id,
        maxOutputTokens: answer,
        why: `The cheapest of ${priced.length} that fit: about $${cheapest.usd.toFixed(6)}.`,
        considered: others.map(({ id, usd }) => ({ model: id, why: `about $${usd.toFixed(6)}` })),
      };
    });
  },
});
