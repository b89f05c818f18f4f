import type { Json, ModelRequest } from "@orrery/sdk";
import { type Answer, refusal } from "./answer.ts";
import type { Corpus } from "./corpus.ts";
import { compareOutputs, ranked, review } from "./review.ts";

/** Skills that judge or compare what colleagues made. */
export function overOutputs({ skill, view }: ModelRequest, corpus: Corpus | undefined): Answer {
  const read = view.inputs.map((input) => input.text).join("\n");
  const reviews = ranked(view.inputs, view.task, corpus);
  const best = reviews[0];
  if (!best) return refusal(`There is nothing to ${skill}: no colleague's output came in.`, "Put an agent that researches or writes before this one. ");
  const data = reviews as unknown as Json;
  switch (skill) {
    case "vote":
      return {
        text: `Vote: ${best.agent} (${best.score})\n${reviews.map((item) => `${item.agent}: ${item.score}`).join("\n")}`,
        data: { vote: best.step, agent: best.agent, scores: data },
        read,
        finish: "stop",
      };
    case "judge":
      return {
        text: reviews.map((item) => `${item.agent}: ${item.score}${item.problems.map((problem) => `\n- ${problem}`).join("")}`).join("\n"),
        data: { score: best.score, reviews: data },
        read,
        finish: "stop",
      };
    case "compare": {
      const { shared, only } = compareOutputs(view.inputs);
      const part = (title: string, lines: readonly string[]) => (lines.length > 0 ? [`## ${title}`, ...lines] : []);
      return {
        text:
          [...part("In all of them", shared), ...only.flatMap(({ agent, lines }) => part(`Only ${agent}`, lines))].join("\n") || "## Nothing cited to compare",
        data: { shared, only },
        read,
        finish: "stop",
      };
    }
    default: {
      const each = view.inputs.map((input) => review(input, view.task, corpus));
      const problems = each.flatMap((item) => item.problems.map((problem) => `- ${item.agent}: ${problem}`));
      return {
        text: problems.join("\n") || "No problem found: every line is cited, every citation is true, every part of the task is covered.",
        data: { reviews: each as unknown as Json },
        read,
        finish: "stop",
      };
    }
  }
}
