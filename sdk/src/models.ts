import { token } from "@orrery/kernel";
import { z } from "zod";
import type { NanoUsd } from "./brands.ts";
import type { Json } from "./json.ts";
import { message, type ModelInfo, type ModelResponse } from "./model.ts";
import { artifact, type Usage } from "./step.ts";

/** What a plugin asks a model. A language model reads `system` and `messages`; an engine with built-in skills reads `skill`, `inputs` and `collection`. */
export const modelQuestion = z.strictObject({
  /** The question, in one user message. Give this or `messages`. */
  prompt: z.string().min(1).max(200_000).optional(),
  messages: z.array(message).min(1).max(100).optional(),
  system: z.string().max(50_000).default(""),
  /** The run it is asked for, as a hook's input names it. Absent: the plugin asks for itself, outside any run. */
  run: z.string().optional(),
  /** The step's path in that run. */
  step: z.string().optional(),
  skill: z.string().max(64).default("write"),
  inputs: z.array(artifact).max(64).default([]),
  collection: z.string().optional(),
  /** `provider/model`. Absent: a free model on this machine. */
  model: z.string().optional(),
  maxOutputTokens: z.int().positive().max(32_000).default(500),
});
export type ModelQuestion = z.input<typeof modelQuestion>;

export interface ModelAnswer {
  text: string;
  data?: Json;
  /** The one that answered, as `provider/model`. */
  model: string;
  usage: Usage;
  costNano: NanoUsd;
  finish: ModelResponse["finish"];
}

/**
 * A model's answer for a plugin; needs the capability `model.call`. Each question is reserved, settled and journalled on the plugin that asks.
 * One may ask free models only, unless it was granted a budget when it was installed or has one in the setting `spending.plugins` (where both say
 * something, the smaller sum); the run's cap and the day's hold as well.
 *
 * @throws CAPABILITY_DENIED, QUESTION_INVALID, QUESTIONS_TOO_MANY, RUN_NOT_UNDER_WAY, MODEL_NOT_THERE, BUDGET_EXCEEDED and what the provider throws.
 */
export interface Models {
  ask(question: ModelQuestion): Promise<ModelAnswer>;
  list(): Promise<ModelInfo[]>;
}
export const Models = token<Models>("orrery.models@1");

/** What a plugin may spend on questions of its own to models: US dollars in one run, and on one day (UTC). */
export interface ModelBudget {
  readonly runUsd: number;
  readonly dayUsd: number;
}

/** What people granted the plugins they installed; undefined for one that asked for no budget. */
export interface Budgets {
  of(plugin: string): ModelBudget | undefined;
}
export const Budgets = token<Budgets>("orrery.budgets@1");

/** Where in the host's store is counted what a plugin spends, by day: erased with the plugin. */
export const spendingOf = (plugin: string): string => `spending.${plugin}`;

/** The service as it is provided: who asks is said by the host (the bridge of a sandbox, `definePlugin` in the kernel's realm), never by the question. */
export interface ModelsFor {
  ask(question: ModelQuestion, plugin?: string): Promise<ModelAnswer>;
  list(): Promise<ModelInfo[]>;
}

/** The service for one plugin. `admit` throws when it may not ask. */
export const modelsFor = (models: ModelsFor, plugin: string, admit: () => void): Models => ({
  ask: async (question) => {
    admit();
    return models.ask(question, plugin);
  },
  list: async () => {
    admit();
    return models.list();
  },
});
