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
});
export type Recalled = z.infer<typeof recalled>;

export interface EpisodicMemory {
  /** The nearest episodes of the workspace, best first; none below the plugin's threshold. */
  recall(query: { text: string; workspace: string; limit?: number }): Promise<Recalled[]>;
  list(query: { workspace: string; limit?: number }): Promise<Recalled[]>;
  forget(id: string): Promise<boolean>;
}
export const EpisodicMemory = token<EpisodicMemory>("orrery.memory.episodic@1");
