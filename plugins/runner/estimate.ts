import type {
  CallPrediction,
  DocumentInfo,
  Estimate,
  EstimateBasis,
  Forecast,
  HookSession,
  Ledger,
  Lifecycle,
  ModelInfo,
  Plan,
  Route,
  Step,
} from "@orrery/sdk";
import type { Observed, ObservedSteps } from "./observed.ts";
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
  observed: Observed;
  signal: AbortSignal;
  material: Material | undefined;
}
interface Planning {
  plan: Plan;
  predicted: CallPrediction;
  edges: readonly { from: string; to: string }[];
}
/** Tokens of one step. */
interface Tokens {
  input: number;
  output: number;
}
interface Call extends Tokens {
  /** As nine of ten earlier ones were at most; as expected where there are none. */
  usual: Tokens;
  /** More than it can be with as many rounds of tools. */
  most: Tokens;
}

/** The estimate of a run that is about to begin. None where a router or the prices fail: its steps say so then, and not this. */
export async function estimateBefore(
  planned: Planning,
  { hooks, services, limits, signal, models, observed }: Pick<RunScope, "services" | "limits" | "signal" | "models" | "observed"> & Pick<Estimating, "hooks">,
): Promise<{ estimate?: Estimate }> {
  const { collection } = planned.plan;
  try {
    const read = collection === undefined ? [] : ((await services.documents?.list(collection)) ?? []);
    const sum = (of: "sentences" | "words") => read.reduce((total, document) => total + document[of], 0);
    const material = read.length === 0 ? undefined : { sentences: sum("sentences"), words: sum("words") };
    const [known, earlier] = await Promise.all([models(), observed()]);
    const { estimate } = await estimateOf(planned, { hooks, ledger: services.ledger, limits, models: known, observed: earlier, signal, material });
    return { estimate };
  } catch {
    return {};
  }
}

/**
 * What the calls will take: the topology's prediction × what one call of each agent takes, with every agent called equally often. A prompt is measured
 * as it would be sent, with as many passages as a model is shown and the answers of all whom the agent hears; answers and rounds with tools are those of
 * the agent's earlier steps, or the model's; where there are too few, an answer has the `answerTokens` of the runner's settings and no round goes before
 * it. What tools answer and tries after a judge's no are not in it. Agents of one skill and one model hint go one way.
 */
export async function estimateOf({ plan, predicted, edges }: Planning, given: Estimating): Promise<{ estimate: Estimate; models: Forecast["models"] }> {
  const { hooks, ledger, models, signal } = given;
  const { task, team } = plan;
  const rows: Forecast["models"] = [];
  const routes = new Map<string, Route | undefined>();
  const unpriced = new Set<string>();
  const basis: EstimateBasis[] = [];
  const sum = { input: 0, output: 0, usual: 0, nano: 0, usualNano: 0, most: 0 };
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
    const earlier = given.observed({ team: team.name, agent: agent.id, model: model.id, tools: agent.tools.length > 0 });
    basis.push({ agent: agent.id, from: earlier?.from ?? "assumed", steps: earlier?.steps ?? 0 });
    const call = callOf(step, model, route.maxOutputTokens, hears, earlier, given);
    sum.input += call.input;
    sum.output += call.output;
    sum.usual += call.usual.output;
    if (!model.paid) continue;
    const price = async ({ input, output }: Tokens): Promise<number> => {
      const nano = await ledger?.price(model.id, input, output);
      if (nano === undefined) unpriced.add(model.id);
      return nano ?? 0;
    };
    sum.nano += await price(call);
    sum.usualNano += await price(call.usual);
    sum.most += await price(call.most);
  }
  const observed = basis.some(({ from }) => from !== "assumed");
  const share = (of: number, calls: number): number => Math.ceil((of * calls) / Math.max(1, rows.length));
  return {
    models: rows,
    estimate: {
      inputTokens: share(sum.input, predicted.expected),
      outputTokens: share(sum.output, predicted.expected),
      ...(observed ? { usualOutputTokens: share(sum.usual, predicted.expected) } : {}),
      ...(unpriced.size > 0 ? {} : { nano: share(sum.nano, predicted.expected), mostNano: share(sum.most, predicted.max) }),
      ...(observed && unpriced.size === 0 ? { usualNano: share(sum.usualNano, predicted.expected) } : {}),
      unpriced: [...unpriced],
      basis,
    },
  };
}

function callOf(
  step: Step,
  { kind, paid }: ModelInfo,
  maxOutputTokens: number,
  hears: number,
  earlier: ObservedSteps | undefined,
  { limits, material }: Estimating,
): Call {
  const assumed = kind === "extractive" ? extractive : limits.answerTokens;
  const { outputTokens, rounds } = earlier ?? { outputTokens: { median: assumed, p90: assumed }, rounds: { median: 0, p90: 0 } };
  /** One answer of so many rounds and the last. */
  const answerOf = (output: number, turns: number): number => Math.min(Math.ceil(output / (turns + 1)), maxOutputTokens);
  const answer = answerOf(outputTokens.median, rounds.median);
  if (kind === "extractive") {
    const asked = `${step.view.task}${step.view.focus ?? ""}`.length / charactersAToken;
    const input = (one: number): number => Math.ceil(asked + hears * one + (material ? one : 0));
    const usual = answerOf(outputTokens.p90, rounds.p90);
    return { input: input(answer), output: answer, usual: { input: input(usual), output: usual }, most: { input: 0, output: 0 } };
  }
  const prompt = promptOf(step, [], undefined);
  const written = prompt.messages.reduce((characters, { content }) => characters + content.length, prompt.system.length) / charactersAToken;
  const passages = Math.min(limits.passages, material?.sentences ?? 0);
  const words = material && material.sentences > 0 ? material.words / material.sentences : 0;
  const shown = passages * (words / wordsAToken + citation);
  const turn = (one: number): number => Math.ceil(written + shown + hears * one);
  return {
    ...overRounds(turn(answer), answer, rounds.median),
    usual: overRounds(turn(answer), answerOf(outputTokens.p90, rounds.p90), rounds.p90),
    // Every byte a token, as the reservation of a call counts it; nobody asks where nothing is paid.
    most: paid
      ? overRounds(Math.ceil(inputTokenBound(prompt) + shown * charactersAToken + hears * maxOutputTokens), maxOutputTokens, rounds.p90)
      : { input: 0, output: 0 },
  };
}

/** Each round is told what was told before it, and what was answered to that. */
const overRounds = (prompt: number, answer: number, rounds: number): Tokens => ({
  input: prompt * (rounds + 1) + (answer * rounds * (rounds + 1)) / 2,
  output: answer * (rounds + 1),
});

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
