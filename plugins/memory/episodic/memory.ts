import type { Clock, Embeddings, EpisodicMemory, Journal, KeyValue, Log, Outcome, Plan, Random } from "@orrery/sdk";
import { rememberersOf, saidIn } from "./agents.ts";
import { asRecalled, type Episode, episodeOf, episodeSaid } from "./episode.ts";
import { rank } from "./rank.ts";
import { EpisodeStore, type Scope } from "./store.ts";
import { pack } from "./vector.ts";
import { encodable } from "./words.ts";

interface MemoryParts {
  /** The plugin's id, named in what it notes. */
  plugin: string;
  store: KeyValue;
  config: { recall: number; threshold: number; wordsThreshold: number; keep: number; keepAgent: number; halfLifeDays: number };
  /** The sentence encoder, while there is one. */
  encoder(): Embeddings | undefined;
  /** Where what agents said is read, while there is one. */
  journal(): Journal | undefined;
  clock: Clock;
  random: Random;
  log: Log;
}
interface Asked {
  text: string;
  scope: Scope;
  limit: number;
  /** Runs whose episodes are in the plan already. */
  leaveOut: readonly string[];
}
type Vector = { model: string; data: Float32Array };
/** Encodes each text once. */
type Encode = (text: string) => Promise<Vector | undefined>;

const shorten = (text: string): string => (text.length <= 80 ? text : `${text.slice(0, 79)}…`);

/** Episodes of a workspace, and of each agent in it: kept, found again, forgotten. */
export class Memory implements EpisodicMemory {
  readonly #parts: MemoryParts;
  readonly #store: EpisodeStore;

  constructor(parts: MemoryParts) {
    this.#parts = parts;
    this.#store = new EpisodeStore(parts.store, parts.config);
  }

  async recall({ text, workspace, agent, limit = this.#parts.config.recall }: Parameters<EpisodicMemory["recall"]>[0]) {
    return this.#find({ text, scope: { workspace, agent }, limit, leaveOut: [] }, this.#encoding());
  }

  async list({ workspace, agent, limit = 100 }: Parameters<EpisodicMemory["list"]>[0]) {
    return (await this.#store.all({ workspace, agent }))
      .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
      .slice(0, limit)
      .map((one) => asRecalled(one, 0));
  }

  agents({ workspace }: Parameters<EpisodicMemory["agents"]>[0]) {
    return this.#store.agents(workspace);
  }

  forget(id: string) {
    return this.#store.forget(id);
  }

  async forgetAgent(scope: Parameters<EpisodicMemory["forgetAgent"]>[0]) {
    const all = await this.#store.all(scope);
    for (const { id } of all) await this.#store.forget(id);
    return all.length;
  }

  /** The plan with what bears on its task, and for each agent what it remembers of its own; undefined when nothing does. The thread's own turns are in the plan already. */
  async plan(plan: Plan, signal: AbortSignal): Promise<Plan | undefined> {
    const { plugin, config } = this.#parts;
    const { text, workspace } = plan.task;
    const encode = this.#encoding(signal);
    const asked = { limit: config.recall, leaveOut: plan.thread.map((turn) => turn.run) };
    const found = await this.#find({ text, scope: { workspace }, ...asked }, encode);
    const own = await Promise.all(
      rememberersOf(plan).map(async (one) => ({
        id: one.id,
        found: await this.#find({ text: one.asked, scope: { workspace, agent: one.name }, ...asked }, encode),
      })),
    );
    const remembered = own.filter((one) => one.found.length > 0);
    if (found.length === 0 && remembered.length === 0) return undefined;
    const which = found.map(({ task, score, judged }) => `"${shorten(task)}" (relevance ${score.toFixed(2)}, judged ${judged.toFixed(2)})`).join("; ");
    const notes = [
      ...(found.length > 0 ? [`Recalled ${found.length} earlier ${found.length === 1 ? "task" : "tasks"}: ${which}`] : []),
      ...remembered.map((one) => `${one.id} remembers ${one.found.map(({ task }) => `"${shorten(task)}"`).join("; ")}, and alone sees it`),
    ];
    return {
      ...plan,
      recalled: [...plan.recalled, ...found, ...remembered.flatMap((one) => one.found)],
      notes: [...plan.notes, ...notes.map((note) => ({ by: plugin, text: note }))],
    };
  }

  async remember(outcome: Outcome, signal: AbortSignal): Promise<void> {
    const { random, clock, config } = this.#parts;
    const encode = this.#encoding(signal);
    for (const { id } of outcome.plan?.recalled ?? []) await this.#store.used(id);
    const made = episodeOf(outcome, random.id("ep"), clock.now());
    if (!made) return;
    await this.#keep(made, config.keep, encode);
    for (const said of await this.#saidIn(outcome)) await this.#keep(said, config.keepAgent, encode);
  }

  /** What each agent with a memory said in an accepted run. */
  async #saidIn(outcome: Outcome): Promise<Episode[]> {
    const { random, clock } = this.#parts;
    const rememberers = outcome.plan && outcome.status === "accepted" ? rememberersOf(outcome.plan) : [];
    const journal = this.#parts.journal();
    if (rememberers.length === 0 || !journal) return [];
    const said = saidIn(await journal.read(outcome.task.run));
    return rememberers.flatMap((one) => {
      const last = said.get(one.id);
      return last ? [episodeSaid(one, last, outcome, random.id("ep"), clock.now())] : [];
    });
  }

  async #keep(made: Episode, most: number, encode: Encode): Promise<void> {
    const vector = await encode(made.task);
    await this.#store.put(vector ? { ...made, vector: { model: vector.model, data: pack(vector.data) } } : made);
    for (const { id, task, why } of await this.#store.trim(made, most, this.#parts.clock.now()))
      this.#parts.log.info(`Forgot an episode: ${why}`, { id, task: shorten(task) });
  }

  async #find({ text, scope, limit, leaveOut }: Asked, encode: Encode) {
    const { config, clock } = this.#parts;
    const trusted = (await this.#store.all(scope)).filter((one) => one.status === "accepted" && !leaveOut.includes(one.run));
    if (trusted.length === 0) return [];
    const thresholds = { vectors: config.threshold, words: config.wordsThreshold };
    const ranked = rank(trusted, { text, vector: await encode(text), thresholds, halfLifeDays: config.halfLifeDays, now: clock.now() });
    return ranked.slice(0, limit).map(({ episode, relevance }) => asRecalled(episode, relevance));
  }

  #encoding(signal?: AbortSignal): Encode {
    const known = new Map<string, Promise<Vector | undefined>>();
    return (text) => {
      const encoding = known.get(text) ?? this.#encode(text, signal);
      known.set(text, encoding);
      return encoding;
    };
  }

  /** Undefined where words alone must decide: no encoder, one that fails, a text that is not for it. */
  async #encode(text: string, signal?: AbortSignal): Promise<Vector | undefined> {
    const by = this.#parts.encoder();
    const content = encodable(text);
    if (!by || content === undefined) return undefined;
    try {
      const [data] = await by.embed([content], signal ? { signal } : {});
      return data && { model: by.model.id, data };
    } catch (thrown) {
      this.#parts.log.debug("Compared by words: the encoder gave no vector.", { message: thrown instanceof Error ? thrown.message : String(thrown) });
      return undefined;
    }
  }
}
