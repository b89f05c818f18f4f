import { token } from "@orrery/kernel";
import { z } from "zod";
import { millis } from "./brands.ts";

/** A sentence of a document, as evidence: verbatim text, file, and the sentence's number in it (from 1). */
export const citation = z.object({ path: z.string(), n: z.int().positive(), text: z.string() });
export type Citation = z.infer<typeof citation>;

/** An episode brought back: what was asked, what came out, how it was judged, and how near it is to the task at hand. */
export const recalled = z.object({
  id: z.string(),
  run: z.string(),
  task: z.string(),
  summary: z.string(),
  claims: z.array(citation),
  /** The judges' mean of that run, 0–1; 0 when nobody judged it. */
  judged: z.number(),
  /** How that run ended. Only accepted ones are recalled for a task. */
  status: z.enum(["accepted", "rejected", "waiting"]).optional(),
  /** Relevance to the present task, 0–1. */
  score: z.number(),
  at: millis,
  /** The agent that remembers it and alone sees it; absent where it is the workspace's. */
  agent: z.string().optional(),
});
export type Recalled = z.infer<typeof recalled>;

/** `agent`: the memory of that agent alone, by its name in its team (`team/agent`); absent: the workspace's. */
export interface EpisodicMemory {
  /** The nearest episodes, best first; none below the plugin's threshold. */
  recall(query: { text: string; workspace: string; agent?: string; limit?: number }): Promise<Recalled[]>;
  /** Newest first. */
  list(query: { workspace: string; agent?: string; limit?: number }): Promise<Recalled[]>;
  /** Agents that remember something, by their names in their teams, and how much. */
  agents(query: { workspace: string }): Promise<{ agent: string; episodes: number }[]>;
  forget(id: string): Promise<boolean>;
  /** Forgets all that an agent remembers; how many episodes that were. */
  forgetAgent(query: { workspace: string; agent: string }): Promise<number>;
}
export const EpisodicMemory = token<EpisodicMemory>("orrery.memory.episodic@1");
