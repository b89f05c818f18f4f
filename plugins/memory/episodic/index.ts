import { definePlugin, Embeddings, EpisodicMemory, type Outcome, Storage } from "@orrery/sdk";
import { z } from "zod";
import { asRecalled, episodeOf } from "./episode.ts";
import { rank } from "./rank.ts";
import { EpisodeStore } from "./store.ts";
import { pack } from "./vector.ts";
import { encodable } from "./words.ts";

const shorten = (text: string): string => (text.length <= 80 ? text : `${text.slice(0, 79)}…`);

/** `orrery.memory.episodic`: what was asked, what came out and how it was judged, brought back when a later task is near it. */
export default definePlugin({
  manifest: {
    id: "orrery.memory.episodic",
    version: "0.1.0",
    api: "^1.0",
    title: "Episodic memory",
    description: "Remembers tasks, their verified sentences and their verdicts, and recalls those that bear on a new task.",
  },
  config: z.object({
    /** Episodes recalled for a task at most. */
    recall: z.int().min(0).max(20).default(3),
    /** Relevance from which an episode is recalled, 0–1, where the requests' vectors are compared. */
    threshold: z.number().min(0).max(1).default(0.55),
    /** The same where only their words are. */
    wordsThreshold: z.number().min(0).max(1).default(0.4),
    /** Episodes kept in a workspace. */
    keep: z.int().min(1).max(10_000).default(500),
    halfLifeDays: z.number().positive().default(30),
  }),
  requires: { storage: Storage },
  provides: [EpisodicMemory],
  setup({ use, config, clock, random, log, plugin, tap, provide, when }) {
    const store = new EpisodeStore(use.storage.open(plugin.id), config);
    const thresholds = { vectors: config.threshold, words: config.wordsThreshold };
    let encoder: Embeddings | undefined;
    when({ embeddings: Embeddings }, ({ use: { embeddings }, own }) => {
      encoder = embeddings;
      own("encoder", () => {
        encoder = undefined;
      });
    });

    /** Undefined where words alone must decide: no encoder, one that fails, a text that is not for it. */
    async function encode(text: string, signal?: AbortSignal): Promise<{ model: string; data: Float32Array } | undefined> {
      const by = encoder;
      const content = encodable(text);
      if (!by || content === undefined) return undefined;
      try {
        const [data] = await by.embed([content], signal ? { signal } : {});
        return data && { model: by.model.id, data };
      } catch (thrown) {
        log.debug("Compared by words: the encoder gave no vector.", { message: thrown instanceof Error ? thrown.message : String(thrown) });
        return undefined;
      }
    }

    async function recall(text: string, workspace: string, limit: number, leaveOut: readonly string[], signal?: AbortSignal) {
      const trusted = (await store.all(workspace)).filter((one) => one.status === "accepted" && !leaveOut.includes(one.run));
      if (trusted.length === 0) return [];
      const vector = await encode(text, signal);
      return rank(trusted, { text, vector, thresholds, halfLifeDays: config.halfLifeDays, now: clock.now() }).slice(0, limit);
    }

    async function remember(outcome: Outcome, signal: AbortSignal): Promise<void> {
      const made = episodeOf(outcome, random.id("ep"), clock.now());
      if (!made) return;
      const vector = await encode(made.task, signal);
      await store.put(vector ? { ...made, vector: { model: vector.model, data: pack(vector.data) } } : made);
      for (const { id, task, why } of await store.trim(made.workspace, clock.now())) log.info(`Forgot an episode: ${why}`, { id, task: shorten(task) });
    }

    provide(EpisodicMemory, {
      recall: async ({ text, workspace, limit = config.recall }) =>
        (await recall(text, workspace, limit, [])).map(({ episode, relevance }) => asRecalled(episode, relevance)),
      list: async ({ workspace, limit = 100 }) =>
        (await store.all(workspace))
          .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
          .slice(0, limit)
          .map((one) => asRecalled(one, 0)),
      forget: (id) => store.forget(id),
    });

    tap(
      "task.plan",
      async (plan, { signal }) => {
        // The thread's own turns are in the plan already.
        const found = await recall(
          plan.task.text,
          plan.task.workspace,
          config.recall,
          plan.thread.map((turn) => turn.run),
          signal,
        );
        if (found.length === 0) return undefined;
        for (const { episode } of found) await store.used(episode.id);
        const which = found
          .map(({ episode, relevance }) => `"${shorten(episode.task)}" (relevance ${relevance.toFixed(2)}, judged ${episode.judged.toFixed(2)})`)
          .join("; ");
        return {
          ...plan,
          recalled: [...plan.recalled, ...found.map(({ episode, relevance }) => asRecalled(episode, relevance))],
          notes: [...plan.notes, { by: plugin.id, text: `Recalled ${found.length} earlier ${found.length === 1 ? "task" : "tasks"}: ${which}` }],
        };
      },
      { after: ["orrery.planner"] },
    );
    tap("task.memorize", (outcome, { signal }) => remember(outcome, signal));
  },
});
