import { definePlugin, Embeddings, EpisodicMemory, Journal, lazy, optional, Storage } from "@orrery/sdk";
import { z } from "zod";
import type { Memory } from "./memory.ts";

/** What it does with episodes, loaded at the first task. */
export const load = lazy(() => import("./memory.ts"));

/** `orrery.memory.episodic`: what was asked, what came out and how it was judged, brought back when a later task is near it. */
export default definePlugin({
  manifest: {
    id: "orrery.memory.episodic",
    version: "0.1.0",
    api: "^1.0",
    title: "Episodic memory",
    description: "Remembers tasks, their verified sentences and their verdicts, and what each agent said, and recalls what bears on a new task.",
  },
  config: z.object({
    recall: z.int().min(0).max(20).default(3).describe("Episodes recalled for a task at most"),
    threshold: z.number().min(0).max(1).default(0.55).describe("Relevance from which an episode is recalled, 0–1, where the requests' vectors are compared"),
    wordsThreshold: z.number().min(0).max(1).default(0.4).describe("The same where only their words are"),
    keep: z.int().min(1).max(10_000).default(500).describe("Episodes kept in a workspace"),
    keepAgent: z.int().min(1).max(10_000).default(100).describe("Episodes kept of one agent"),
    halfLifeDays: z.number().positive().default(30),
  }),
  requires: { storage: Storage },
  provides: [EpisodicMemory],
  setup({ use, config, clock, random, log, plugin, tap, provide, when }) {
    const encoder = optional(when, Embeddings);
    const journal = optional(when, Journal);
    let opened: Memory | undefined;
    const memory = async (): Promise<Memory> => {
      const { Memory } = await load();
      const parts = { plugin: plugin.id, store: use.storage.open(plugin.id), config, encoder, journal, clock, random, log };
      return (opened ??= new Memory(parts));
    };
    provide(EpisodicMemory, {
      recall: async (query) => (await memory()).recall(query),
      list: async (query) => (await memory()).list(query),
      agents: async (query) => (await memory()).agents(query),
      forget: async (id) => (await memory()).forget(id),
      forgetAgent: async (query) => (await memory()).forgetAgent(query),
    });
    tap("task.plan", async (plan, { signal }) => (await memory()).plan(plan, signal), { after: ["orrery.planner"] });
    tap("task.memorize", async (outcome, { signal }) => (await memory()).remember(outcome, signal));
  },
});
