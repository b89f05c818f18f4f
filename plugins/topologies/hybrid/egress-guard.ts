import { type ModelInfo, type ModelRequest, OrreryError, type Plan, type Step } from "@orrery/sdk";
import { type HybridConfig, hybridConfig, isPrivate } from "./config.ts";
import { type Classify, masked, redacted, replaced, type Vault } from "./vault.ts";

/** What the guard needs of its host. */
export interface GuardPorts {
  classify(config: HybridConfig): Classify;
  /** Whether a model answers in this process or on loopback: its provider says so and where it is called says so too. */
  isLocal(model: string): Promise<boolean>;
}

interface Watched {
  config: HybridConfig;
  /** What of the task is private; undefined when that cannot be told. */
  vault(): Promise<Vault | undefined>;
}
/** Runs that ended without saying so, as forecasts do, are forgotten when so many came after. */
const watchedAtMost = 5_000;

const digits = (text: string): string => text.replace(/\D/g, "");
/** Everything a request says, by whether a person or an agent of the run wrote it, or the team's author. */
function wordsOf({ system, messages, tools = [], view }: ModelRequest): { written: string[]; framed: string[] } {
  const { task, focus = "", inputs, recalled, thread, feedback } = view;
  const written = [
    task,
    focus,
    ...feedback,
    ...inputs.map(({ text }) => text),
    ...inputs.flatMap(({ data }) => (data === undefined ? [] : [JSON.stringify(data)])),
  ];
  const kept = [...recalled.map((episode) => JSON.stringify(episode)), ...thread.map((turn) => JSON.stringify(turn))];
  // A tool's answer and a call's input are the run's own text, as an agent's output is.
  const used = messages.flatMap(({ role, content, toolCalls = [] }) => [
    ...(role === "tool" ? [content] : []),
    ...toolCalls.map(({ input, opaque }) => JSON.stringify([input, opaque ?? null])),
  ]);
  const framed = [system, ...messages.map(({ content }) => content), ...tools.map(({ description, input }) => `${description} ${JSON.stringify(input)}`)];
  return { written: [...written, ...kept, ...used], framed };
}

/**
 * The last look at what leaves: no request of a hybrid run reaches a model that is not local while it holds anything private, whoever put it there.
 * It trusts neither the topology nor a router, a rewriter or a judge.
 */
export class EgressGuard {
  readonly #ports: GuardPorts;
  readonly #runs = new Map<string, Watched>();

  constructor(ports: GuardPorts) {
    this.#ports = ports;
  }

  watch({ task, topology }: Plan): void {
    const parsed = hybridConfig.safeParse(topology.config);
    const config = parsed.success ? parsed.data : hybridConfig.parse({});
    let filled: Promise<Vault | undefined> | undefined;
    const vault = (): Promise<Vault | undefined> => {
      filled ??= redacted(task.text, [], this.#ports.classify(config), (type) => isPrivate(config, type)).then((sent) =>
        "doubts" in sent ? undefined : sent.vault,
      );
      return filled;
    };
    this.#runs.delete(task.run);
    this.#runs.set(task.run, { config, vault });
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > watchedAtMost && oldest !== undefined) this.#runs.delete(oldest);
  }

  forget(run: string): void {
    this.#runs.delete(run);
  }

  /** What the team's author and the judges wrote into a step that may leave, with the run's private words replaced. */
  async screened(step: Step): Promise<Step> {
    const watched = this.#runs.get(step.run);
    if (!watched || step.localOnly) return step;
    const vault = (await watched.vault()) ?? [];
    const { focus, feedback, ...view } = step.view;
    const clean = (text: string): string => replaced(text, vault);
    return {
      ...step,
      agent: {
        ...step.agent,
        role: clean(step.agent.role),
        prompt: clean(step.agent.prompt),
        ...(step.agent.focus === undefined ? {} : { focus: clean(step.agent.focus) }),
      },
      view: { ...view, feedback: feedback.map(clean), ...(focus === undefined ? {} : { focus: clean(focus) }) },
    };
  }

  /** @throws OrreryError HYBRID_EGRESS: the request holds what must stay on this machine, or that cannot be ruled out. */
  async check(request: ModelRequest, ours: string): Promise<void> {
    const { origin, model } = request;
    const watched = this.#runs.get(origin.run);
    if (!watched && origin.plugin !== ours) return;
    if (await this.#ports.isLocal(model)) return;
    const found = watched ? await this.#privateIn(request, watched) : "what the run holds is not known here";
    if (found === undefined) return;
    throw new OrreryError("HYBRID_EGRESS", `A request of the step "${origin.step}" was kept from "${model}", which is not on this machine: ${found}.`, {
      todo: "Let the step be answered by a local model, or see what put it into the request.",
      refusal: true,
    });
  }

  async #privateIn(request: ModelRequest, { config, vault: filled }: Watched): Promise<string | undefined> {
    const vault = await filled();
    if (!vault) return "it cannot be told what of the task is private";
    if (request.collection !== undefined || request.view.recalled.length > 0 || request.view.thread.length > 0)
      return "documents, memories or earlier turns come with it";
    const { written, framed } = wordsOf(request);
    const all = [...written, ...framed].map(masked);
    const everything = all.join("\n").toLowerCase();
    const runsOfDigits = all.map(digits);
    for (const { type, value } of vault) {
      const number = digits(value);
      const spelled = everything.includes(value.toLowerCase()) && value.trim() !== "";
      if (type !== "LITERAL" && (spelled || (number.length >= 7 && runsOfDigits.some((text) => text.includes(number)))))
        return `it holds a ${type} of the task`;
    }
    const classify = this.#ports.classify(config);
    for (const [texts, names] of [
      [written, true],
      [framed, false],
    ] as const) {
      for (const text of texts) {
        const { spans, failed } = await classify(masked(text));
        if (failed) return "it cannot be told what of it is private";
        // Headings and roles have capitals; a name of the task in them was looked for above.
        const span = spans.find(({ type }) => isPrivate(config, type) && (names || type !== "NAME"));
        if (span) return `it holds a ${span.type}`;
      }
    }
    return undefined;
  }
}

/** Local by its own word and by where it is called: a connection that is not on loopback makes any of its models remote. */
export const localBoth = (model: ModelInfo | undefined, connections: readonly { provider: string; local: boolean; baseUrl?: string }[]): boolean =>
  model?.local === true &&
  connections.filter(({ provider }) => provider === model.provider).every((connection) => connection.local && onLoopback(connection.baseUrl));

function onLoopback(url: string | undefined): boolean {
  if (url === undefined) return false;
  try {
    const { hostname } = new URL(url);
    return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
  } catch {
    return false;
  }
}
