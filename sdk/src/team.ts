import { z } from "zod";
import { json } from "./json.ts";
import { recalled } from "./memory.ts";
import { criterion, task } from "./task.ts";

const agentId = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, "lower case letters, digits and dashes, beginning with a letter");

/** An agent: a function `(view) → output` that knows nothing of the topology around it. */
export const agentSpec = z.strictObject({
  id: agentId,
  role: z.string().min(1).max(200),
  /** What a generative model is told. */
  prompt: z.string().max(20_000),
  /** What an engine with built-in skills does: research, check, write, critique, summarise, compare, vote, plan, judge. */
  skill: z.string().min(1).max(64),
  /** The aspect of the task this agent is answerable for; the whole task when absent. */
  focus: z.string().max(4_000).optional(),
  /** What it may call, by name; `mcp.server.*` for all of a server. Nothing else is offered to it. */
  tools: z.array(z.string().min(1).max(200)).max(64).default([]),
  /** `provider/model`, preferred for this agent. */
  model: z.string().optional(),
  /** Whether it remembers, over runs, what it said, and alone sees it. Absent: yes in a team a person gave, no where a planner made it up for one task. */
  memory: z.boolean().optional(),
  /** A JSON Schema (2020-12) that the agent's answer, read as JSON, must fit. */
  output: z.record(z.string(), json).optional(),
});
export type AgentSpec = z.infer<typeof agentSpec>;

export const topologyChoice = z.strictObject({ id: z.string().min(1), config: z.record(z.string(), json).default({}) });
export type TopologyChoice = z.infer<typeof topologyChoice>;

/** A place where a person is asked: before an agent's steps, after them, or before the outcome is final. */
export const gateSpec = z
  .strictObject({
    id: agentId,
    before: agentId.optional(),
    after: agentId.optional(),
    beforeFinish: z.literal(true).optional(),
    /** What the person is asked. */
    ask: z.string().min(1).max(2_000),
  })
  .refine(
    ({ before, after, beforeFinish }) => [before, after, beforeFinish].filter((place) => place !== undefined).length === 1,
    "say one of before, after, beforeFinish",
  );
export type GateSpec = z.infer<typeof gateSpec>;

/** A team file's content (`team.yaml`, `team.json`). */
export const team = z
  .strictObject({
    name: z.string().min(1).max(200),
    agents: z.array(agentSpec).min(1).max(64),
    topology: topologyChoice.optional(),
    /** What the outcome is judged by. */
    criteria: z.array(criterion).max(64).optional(),
    /** US dollars a run of this team may cost at most; never more than the host's own cap of a run. */
    budget: z.number().nonnegative().max(10_000).optional(),
    gates: z.array(gateSpec).max(64).optional(),
  })
  .superRefine((value, issue) => {
    const seen = new Set<string>();
    value.agents.forEach((agent, i) => {
      if (seen.has(agent.id)) issue.addIssue({ code: "custom", path: ["agents", i, "id"], message: `there are two agents named "${agent.id}"` });
      seen.add(agent.id);
    });
    const gates = new Set<string>();
    value.gates?.forEach((gate, i) => {
      if (gates.has(gate.id)) issue.addIssue({ code: "custom", path: ["gates", i, "id"], message: `there are two gates named "${gate.id}"` });
      gates.add(gate.id);
      for (const place of ["before", "after"] as const) {
        const agent = gate[place];
        if (agent !== undefined && !seen.has(agent))
          issue.addIssue({ code: "custom", path: ["gates", i, place], message: `there is no agent named "${agent}"` });
      }
    });
  });
export type Team = z.infer<typeof team>;

/** An earlier turn of the same thread. */
export const threadTurn = z.object({ run: z.string(), task: z.string(), answer: z.string() });
export type ThreadTurn = z.infer<typeof threadTurn>;

/** What `task.plan` passes from tap to tap: who works on the task, how, and with what in mind. */
export const plan = z.object({
  task,
  team,
  topology: topologyChoice,
  /** What the person asked for by name: planners leave it as it is. */
  given: z.object({ team: z.boolean(), topology: z.boolean() }),
  /** The documents, once read; absent when there are none. */
  collection: z.string().optional(),
  recalled: z.array(recalled),
  thread: z.array(threadTurn),
  /** Why it is as it is: one line a decision, with the plugin that took it. */
  notes: z.array(z.object({ by: z.string(), text: z.string() })),
});
export type Plan = z.infer<typeof plan>;
