import { definePlugin } from "@orrery/sdk";

const most = 50;

/** Keeps who did what in the last runs, and shows it: under Extend for all of them, beside a run for that one. */
export default definePlugin({
  manifest: {
    id: "acme.work-log",
    version: "1.0.0",
    api: "^1.0",
    title: "Work log",
    description: "Steps, tokens and cost of the last runs, as a table and a chart.",
    capabilities: [{ name: "ui.view", reason: "it shows what it has counted" }],
  },
  setup({ tap }) {
    const runs = new Map();

    tap(
      "event",
      ({ run, data }) => {
        const { agent, model, usage, costNano } = /** @type {import("@orrery/sdk").EventData<"step.finished">} */ (data).result;
        const steps = runs.get(run) ?? [];
        steps.push({ agent, model, tokens: usage.outputTokens, usd: costNano / 1e9 });
        runs.delete(run);
        runs.set(run, steps);
        for (const oldest of runs.keys()) if (runs.size > most) runs.delete(oldest);
      },
      { phase: "observe", filter: { type: "step.finished" } },
    );

    tap("ui.view", ({ place, run }) => {
      if (place === "run") {
        const steps = runs.get(run);
        return steps && { title: "Who did what", blocks: [table(steps)] };
      }
      const all = [...runs].reverse();
      if (all.length === 0)
        return { title: "Work log", blocks: [{ kind: "text", tone: "muted", text: "Nothing has been done since this plugin was loaded." }] };
      const tokens = all.map(([, steps]) => steps.reduce((sum, step) => sum + step.tokens, 0));
      const labels = all.map(([id]) => id.slice(-6));
      return {
        title: "Work log",
        blocks: [
          { kind: "stat", label: "Runs", value: all.length },
          { kind: "chart", as: "bars", title: "Tokens written, newest run first", labels, series: [{ name: "tokens", values: tokens }] },
          { kind: "list", items: all.map(([id, steps]) => ({ run: id, label: `${steps.length} steps` })) },
        ],
      };
    });
  },
});

const table = (steps) => ({
  kind: "table",
  columns: ["Agent", "Model", "Tokens", "US dollars"],
  rows: steps.map(({ agent, model, tokens, usd }) => [agent, model, tokens, usd]),
});
