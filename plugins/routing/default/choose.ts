import { type ModelInfo, nanoToUsd, type Route, type RouteQuery } from "@orrery/sdk";

type Considered = Route["considered"];

/** What the built-in engine does with sentences; everything else needs a model that writes. */
const extractiveSkills = ["research", "check", "write", "critique", "summarise", "compare", "vote", "plan", "judge"];
/** Input tokens a paid call is taken to have at least, to tell whether the money left is worth a try. */
const leastInput = 500;

/** The model for a step with the reason, or undefined when none there is can take it. */
export function choose({ step, models, preferred, remainingNano }: RouteQuery, maxOutputTokens: number): Route | undefined {
  const considered: Considered = [];
  const take = (model: ModelInfo, why: string): Route => ({
    model: model.id,
    maxOutputTokens,
    why,
    considered: considered.filter(({ model: id }) => id !== model.id),
  });
  const possible = models.filter((model) => {
    const why = obstacle(model, step.localOnly);
    if (why) considered.push({ model: model.id, why });
    return !why;
  });
  const asked = preferred ?? step.agent.model;
  if (asked) {
    // A host that did not list its models a moment ago may answer by now, and says better than a route could why it does not.
    const model = models.find((each) => each.id === asked && !obstacle(each.state === "unreachable" ? { ...each, state: "connected" } : each, step.localOnly));
    return (
      model && take(model, `${model.label} was asked for${step.agent.model === asked && preferred === undefined ? ` by the team for ${step.agent.id}` : ""}.`)
    );
  }

  const affordable: ModelInfo[] = [];
  for (const model of possible.filter(({ kind }) => kind === "generative").sort((a, b) => rank(a) - rank(b))) {
    const why = model.paid ? priceObstacle(model, step.spending.allowed, remainingNano, maxOutputTokens) : undefined;
    if (why) considered.push({ model: model.id, why });
    else affordable.push(model);
  }
  const [first, ...others] = affordable;
  const extractive = possible.find(({ kind }) => kind === "extractive");
  if (first) {
    for (const { id } of others) considered.push({ model: id, why: `${first.id} comes first` });
    if (extractive) considered.push({ model: extractive.id, why: "a generative model is connected" });
    return take(first, `${first.label} is connected and ${cost(first, remainingNano)}.`);
  }
  if (!extractive) return undefined;
  if (!extractiveSkills.includes(step.agent.skill)) {
    // It answers such a step with a refusal that says how to connect a model; better than no answer at all.
    return take(extractive, `No generative model can be used, and ${extractive.label} does not know the skill "${step.agent.skill}".`);
  }
  const closed = considered.length > 0 ? "none of the connected generative models can be used" : "no generative model is connected";
  return take(extractive, `${extractive.label}: ${closed}, and it can ${step.agent.skill} from the documents.`);
}

function obstacle(model: ModelInfo, localOnly: boolean): string | undefined {
  if (model.state === "unreachable") return "cannot be reached";
  if (model.state === "needs-download") return "is not downloaded";
  if (localOnly && !model.local) return "this step must stay on this machine";
  return undefined;
}

function priceObstacle(model: ModelInfo, allowed: boolean, remainingNano: number, outputTokens: number): string | undefined {
  if (!allowed) return "costs money, and spending was not agreed to";
  if (!model.price) return "its price is not known, so a budget cannot hold it";
  const leastUsd = (model.price.inputUsdPerMTok * leastInput + model.price.outputUsdPerMTok * outputTokens) / 1e6;
  return nanoToUsd(remainingNano) < leastUsd ? `the money left does not cover a call (${usd(leastUsd)} at least)` : undefined;
}

/** Free on this machine, free elsewhere, paid; within each as the providers list them. */
const rank = ({ paid, local }: ModelInfo): number => (paid ? 2 : local ? 0 : 1);

const cost = (model: ModelInfo, remainingNano: number): string =>
  model.paid ? `${usd(nanoToUsd(remainingNano))} may still be spent` : model.local ? "runs on this machine at no cost" : "costs nothing";
const usd = (amount: number): string => `$${Number(amount.toPrecision(3))}`;
