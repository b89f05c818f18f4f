import type { Clock, Embeddings, EpisodicMemory, KeyValue, Log, Outcome, Plan, Random } from "@orrery/sdk";
import { asRecalled, episodeOf } from "./episode.ts";
import { rank } from "./rank.ts";
import { EpisodeStore } from "./store.ts";
import { pack } from "./vector.ts";
import { encodable } from "./words.ts";

interface MemoryParts {
  /** The plugin's id, named in what it notes. */
  plugin: string;
  store: KeyValue;
  config: { recall: number; threshold: number; wordsThreshold: number; keep: number; halfLifeDays: number };
  /** The sentence encoder, while there is one. */
  encoder(): Embeddings | undefined;
  clock: Clock;
  random: Random;
  log: Log;
}

const shorten = (text: string): string => (text.length <= 80 ? text : `${text.slice(0, 79)}…`);

/** Episodes of a workspace: kept, found again, forgotten. */
export class Memory implements EpisodicMemory {
  readonly #parts: MemoryParts;
  readonly #store: EpisodeStore;

  constructor(parts: MemoryParts) {
    this.#parts = parts;
    this.#store = new EpisodeStore(parts.store, parts.config);
  }

  async recall({ text, workspace, limit = this.#parts.config.recall }: Parameters<EpisodicMemory["recall"]>[0]) {
    return (await this.#find(text, workspace, limit, [])).map(({ episode, relevance }) => asRecalled(episode, relevance));
  }

  async list({ workspace, limit = 100 }: Parameters<EpisodicMemory["list"]>[0]) {
    return (await this.#store.all(workspace))
      .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
      .slice(0, limit)
      .map((one) => asRecalled(one, 0));
  }

  forget(id: string) {
    return this.#store.forget(id);
  }

  /** The plan with what bears on its task; undefined when nothing does. The thread's own turns are in the plan already. */
  async plan(plan: Plan, signal: AbortSignal): Promise<Plan | undefined> {
    const { plugin, config } = this.#parts;
    const found = await this.#find(
      plan.task.text,
      plan.task.workspace,
      config.recall,
      plan.thread.map((turn) => turn.run),
      signal,
    );
    if (found.length === 0) return undefined;
    for (const { episode } of found) await this.#store.used(episode.id);
    const which = found
      .map(({ episode, relevance }) => `"${shorten(episode.task)}" (relevance ${relevance.toFixed(2)}, judged ${episode.judged.toFixed(2)})`)
      .join("; ");
    return {
      ...plan,
      recalled: [...plan.recalled, ...found.map(({ episode, relevance }) => asRecalled(episode, relevance))],
      notes: [...plan.notes, { by: plugin, text: `Recalled ${found.length} earlier ${found.length === 1 ? "task" : "tasks"}: ${which}` }],
    };
  }

  async remember(outcome: Outcome, signal: AbortSignal): Promise<void> {
    const { random, clock, log } = this.#parts;
    const made = episodeOf(outcome, random.id("ep"), clock.now());
    if (!made) return;
    const vector = await this.#encode(made.task, signal);
    await this.#store.put(vector ? { ...made, vector: { model: vector.model, data: pack(vector.data) } } : made);
    for (const { id, task, why } of await this.#store.trim(made.workspace, clock.now())) log.info(`Forgot an episode: ${why}`, { id, task: shorten(task) });
  }

  async #find(text: string, workspace: string, limit: number, leaveOut: readonly string[], signal?: AbortSignal) {
    const { config, clock } = this.#parts;
    const trusted = (await this.#store.all(workspace)).filter((one) => one.status === "accepted" && !leaveOut.includes(one.run));
    if (trusted.length === 0) return [];
    const vector = await this.#encode(text, signal);
    const thresholds = { vectors: config.threshold, words: config.wordsThreshold };
    return rank(trusted, { text, vector, thresholds, halfLifeDays: config.halfLifeDays, now: clock.now() }).slice(0, limit);
  }

  /** Undefined where words alone must decide: no encoder, one that fails, a text that is not for it. */
  async #encode(text: string, signal?: AbortSignal): Promise<{ model: string; data: Float32Array } | undefined> {
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
