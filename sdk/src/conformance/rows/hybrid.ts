import type { Json } from "@orrery/kernel";
import { hold, type Row, type Scene, teamOf } from "../scene.ts";

const secrets = ["4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "ada@example.org", "+44 20 7946 0958", "078-05-1120", "192.0.2.44", "blue heron"];
const task = `Write to the holder of card ${secrets[0]} and account ${secrets[1]}, at ${secrets[2]} or ${secrets[3]}, number ${secrets[4]}, from ${secrets[5]}, about the blue heron.`;

const calls: { readonly [pattern: string]: number } = {
  "sanitize-and-solve": 1,
  "plan-then-ground": 2,
  "escalate-on-hard": 2,
  "draft-then-refine": 2,
  "cross-check": 3,
};

/** What is private never leaves: a step that is not local sees the task without it, and nothing beside it; the answer gets it back. */
export const hybrid: Row = {
  id: "hybrid",
  scenes(n, choose) {
    const team = teamOf(n, choose);
    const { [0]: first, [n - 1]: last } = team.agents;
    return Object.entries(calls).map(([pattern, most]): Scene => {
      const config: Json = { pattern, taint: ["blue heron"], ...(n > 2 && choose.chance(0.5) ? { local: first?.id ?? "", cloud: last?.id ?? "" } : {}) };
      // Whoever is asked elsewhere uses every stand-in it was shown, and one it made up; the local one tells secrets, and thinks it hard.
      const script: Scene["script"] = ({ localOnly, path }, mark, view) => {
        if (localOnly) return { text: `${mark} ${secrets.join("; ")}`, score: 0.1 };
        return { text: `${path} ${mark} ${[...new Set(view.match(/⟦[A-Z]+_\d+⟧/g) ?? [])].join(" ")} ⟦EMAIL_99⟧` };
      };
      return { label: `${n} agents, ${pattern}`, team, task, config, script, predicted: { min: 1 }, facts: { pattern, most } };
    });
  },
  claims: [
    {
      name: "no private word is shown to a step that may be answered elsewhere, whoever wrote it",
      check({ steps }) {
        for (const { dispatch, view } of steps) {
          if (dispatch.localOnly) continue;
          for (const secret of secrets) hold(!view.includes(secret), `${dispatch.path} is shown ${secret}`);
        }
      },
    },
    {
      name: "a step that may be answered elsewhere sees its text and nothing beside it: no documents, no memories, no earlier turns, nobody's raw output",
      check({ steps }) {
        for (const { dispatch } of steps) {
          if (dispatch.localOnly) continue;
          hold(dispatch.bare === true && dispatch.task !== undefined, `${dispatch.path} is not bare`);
          hold(dispatch.inputs.length === 0, `${dispatch.path} is shown ${dispatch.inputs.join(", ")} as it is`);
        }
      },
    },
    {
      name: "what came back from elsewhere is read here with every private word in its place, and stand-ins that were made up are left alone",
      check({ steps, outcome }, { facts }) {
        const last = steps.at(-1);
        hold(outcome !== undefined, "there is no outcome");
        if (last && !last.dispatch.localOnly) {
          for (const secret of secrets) hold(outcome.includes(secret), `${secret} is missing in the outcome: ${outcome}`);
          hold(outcome.includes("⟦EMAIL_99⟧"), `a stand-in nobody gave out was changed: ${outcome}`);
          hold(!/⟦(?!EMAIL_99⟧)/.test(outcome), `a stand-in was not put back: ${outcome}`);
        }
        for (const { dispatch, view } of steps.slice(1)) {
          if (!dispatch.localOnly || facts?.pattern === "escalate-on-hard") continue;
          hold(!/⟦(?!EMAIL_99⟧|NAME_1⟧)/.test(view), `${dispatch.path} is shown stand-ins: ${view}`);
        }
      },
    },
    {
      name: "its pattern's calls, one to three",
      check({ steps }, { facts }) {
        hold(steps.length === Number(facts?.most), `${steps.length} calls were made, ${String(facts?.pattern)} takes ${String(facts?.most)}`);
      },
    },
    {
      name: "a local answer is seen by nobody elsewhere as it is",
      check({ steps }) {
        for (const { dispatch } of steps.filter((step) => step.dispatch.localOnly)) {
          const { path } = dispatch;
          for (const other of steps)
            hold(other.dispatch.localOnly === true || !other.dispatch.inputs.includes(path), `${other.dispatch.path} is shown ${path}`);
        }
      },
    },
  ],
  refused: () => [
    { config: { pattern: "send-everything" }, because: "there is no such pattern" },
    { config: { local: "a99" }, because: "nobody is called a99" },
  ],
};
