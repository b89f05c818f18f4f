import type { CallPrediction, DocumentInfo, Estimate, Forecast, HookSession, Ledger, Lifecycle, ModelInfo, Plan, Route, Step } from "@orrery/sdk";
import { inputTokenBound, promptOf, recalledBy } from "./prompt.ts";
import type { RunnerConfig, RunScope } from "./run-scope.ts";

/** Characters of English a token stands for, and the share of a word: OpenAI, "What are tokens and how to count them?". */
const [charactersAToken, wordsAToken] = [4, 0.75];
/** Tokens of a citation like `[notes/plan.md#12]`. */
const citation = 6;
/** Tokens the extractive engine answers with: its mean over the steps of the built-in example. It quotes, so it reads as much. */
const extractive = 200;

/** How much there is to read. */
export type Material = Pick<DocumentInfo, "sentences" | "words">;
/** Of documents nobody has read yet: six characters a word, twenty words a sentence, which is usual English prose. */
export const materialOf = (bytes: number): Material => ({ words: Math.ceil(bytes / 6), sentences: Math.ceil(bytes / 120) });

interface Estimating {
  hooks: Pick<HookSession<Lifecycle>, "call">;
  ledger: Ledger | undefined;
  limits: Pick<RunnerConfig, "passages" | "answerTokens">;
  models: readonly ModelInfo[];
  signal: AbortSignal;
  material: Material | undefined;
}
interface Planning {
  plan: Plan;
  predicted: CallPrediction;
  edges: readonly { from: string; to: string }[];
}
interface Call {
  input: number;
  output: number;
  /** More than it can be. */
  inputMost: number;
}

/** The estimate of a run that is about to begin. None where a router or the prices fail: its steps say so then, and not this. */
export async function estimateBefore(
  planned: Planning,
  { hooks, services, limits, signal, models }: Pick<RunScope, "services" | "limits" | "signal" | "models"> & Pick<Estimating, "hooks">,
): Promise<{ estimate?: Estimate }> {
  const { collection } = planned.plan;
  try {
    const read = collection === undefined ? [] : ((await services.documents?.list(collection)) ?? []);
    const sum = (of: "sentences" | "words") => read.reduce((total, document) => total + document[of], 0);
    const material = read.length === 0 ? undefined : { sentences: sum("sentences"), words: sum("words") };
    const { estimate } = await estimateOf(planned, { hooks, ledger: services.ledger, limits, models: await models(), signal, material });
    return { estimate };
  } catch {
    return {};
  }
}

/**
 * What the calls will take: the topology's prediction × what one call of each agent takes, with every agent called equally often. A prompt is measured
 * as it would be sent, with as many passages as a model is shown and the answers of all whom the agent hears; an answer has the `answerTokens` of the
 * runner's settings. Neither further rounds with tools nor tries after a judge's no are in it. Agents of one skill and one model hint go one way.
 */
export async function estimateOf({ plan, predicted, edges }: Planning, given: Estimating): Promise<{ estimate: Estimate; models: Forecast["models"] }> {
  const { hooks, ledger, models, signal } = given;
  const { task, team } = plan;
  const rows: Forecast["models"] = [];
  const routes = new Map<string, Route | undefined>();
  const unpriced = new Set<string>();
  const sum = { input: 0, output: 0, nano: 0, most: 0 };
  for (const agent of team.agents) {
    const step = stepOf(plan, agent);
    const preferred = task.constraints.model ?? agent.model;
    const way = JSON.stringify([preferred, agent.skill]);
    if (!routes.has(way)) {
      const asked = { step, models: [...models], ...(preferred ? { preferred } : {}), remainingNano: task.constraints.spending.capNano };
      routes.set(way, (await hooks.call("task.route", asked, { signal }))?.value);
    }
    const route = routes.get(way);
    const model = models.find(({ id }) => id === route?.model);
    if (!route || !model) continue;
    rows.push({ agent: agent.id, model: model.id, why: route.why, paid: model.paid });
    const hears = new Set(edges.flatMap(({ from, to }) => (to === agent.id ? [from] : []))).size;
    const call = callOf(step, model, route.maxOutputTokens, hears, given);
    sum.input += call.input;
    sum.output += call.output;
    if (!model.paid) continue;
    const expected = await ledger?.price(model.id, call.input, call.output);
    const most = await ledger?.price(model.id, call.inputMost, route.maxOutputTokens);
    if (expected === undefined || most === undefined) unpriced.add(model.id);
    sum.nano += expected ?? 0;
    sum.most += most ?? 0;
  }
  const share = (of: number, calls: number): number => Math.ceil((of * calls) / Math.max(1, rows.length));
  return {
    models: rows,
    estimate: {
      inputTokens: share(sum.input, predicted.expected),
      outputTokens: share(sum.output, predicted.expected),
      ...(unpriced.size > 0 ? {} : { nano: share(sum.nano, predicted.expected), mostNano: share(sum.most, predicted.max) }),
      unpriced: [...unpriced],
    },
  };
}

function callOf(step: Step, { kind, paid }: ModelInfo, maxOutputTokens: number, hears: number, { limits, material }: Estimating): Call {
  const answer = Math.min(kind === "extractive" ? extractive : limits.answerTokens, maxOutputTokens);
  if (kind === "extractive") {
    const asked = `${step.view.task}${step.view.focus ?? ""}`.length / charactersAToken;
    return { input: Math.ceil(asked + hears * answer + (material ? answer : 0)), output: answer, inputMost: 0 };
  }
  const prompt = promptOf(step, [], undefined);
  const written = prompt.messages.reduce((characters, { content }) => characters + content.length, prompt.system.length) / charactersAToken;
  const passages = Math.min(limits.passages, material?.sentences ?? 0);
  const words = material && material.sentences > 0 ? material.words / material.sentences : 0;
  return {
    input: Math.ceil(written + passages * (words / wordsAToken + citation) + hears * answer),
    output: answer,
    // Every byte a token, as the reservation of a call counts it; nobody asks where nothing is paid.
    inputMost: !paid ? 0 : Math.ceil(inputTokenBound(prompt) + passages * (words / wordsAToken + citation) * charactersAToken + hears * maxOutputTokens),
  };
}

/** A step of the agent as it would be routed. */
const stepOf = ({ task, collection, recalled, thread }: Plan, agent: Step["agent"]): Step => ({
  run: task.run,
  task: task.id,
  path: `estimate/${agent.id}`,
  key: `${task.run}:estimate`,
  attempt: 1,
  agent,
  view: {
    task: task.text,
    ...(agent.focus ? { focus: agent.focus } : {}),
    round: 0,
    inputs: [],
    recalled: recalledBy(agent.id, recalled),
    thread,
    feedback: [],
  },
  ...(collection ? { collection } : {}),
  spending: task.constraints.spending,
  localOnly: false,
  temperature: 0,
  actor: task.actor,
  workspace: task.workspace,
});
