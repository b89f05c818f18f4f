import type { ModelRequest } from "../model.ts";
import type { Outcome } from "../lifecycle.ts";
import type { Artifact, Step, View } from "../step.ts";
import type { Task } from "../task.ts";
import type { AgentSpec, Plan } from "../team.ts";
import type { Judgement } from "../verdict.ts";

const agent: AgentSpec = { id: "writer", role: "writer", prompt: "Answer the task.", skill: "write", tools: [] };
const artifact: Artifact = { step: "r0/writer", agent: "writer", role: "writer", skill: "write", text: "Because air scatters blue light more than red." };
const view: View = { task: "Why is the sky blue?", round: 0, inputs: [], recalled: [], thread: [], feedback: [] };
const who = { actor: "tester", workspace: "test" };
const spending = { allowed: false, capNano: 0, why: "a test" };

const task = (over: Partial<Task> = {}): Task => ({
  id: "task_sample",
  run: "run_sample",
  thread: "thread_sample",
  text: view.task,
  documents: [],
  criteria: [],
  constraints: { spending },
  ...who,
  createdAt: 0,
  ...over,
});

/** Valid inputs for hooks, for tests that are about one member and need the rest to be there. What is given replaces the sample's own. */
export const samples = {
  task,
  plan: (over: Partial<Plan> = {}): Plan => ({
    task: task(),
    team: { name: "one agent", agents: [structuredClone(agent)] },
    topology: { id: "sequential", config: {} },
    given: { team: false, topology: false },
    recalled: [],
    thread: [],
    notes: [],
    ...over,
  }),
  step: (over: Partial<Step> = {}): Step => ({
    run: "run_sample",
    task: "task_sample",
    path: "r0/writer",
    key: "key_sample",
    attempt: 1,
    agent: structuredClone(agent),
    view: structuredClone(view),
    spending,
    localOnly: false,
    temperature: 0,
    ...who,
    ...over,
  }),
  request: (over: Partial<ModelRequest> = {}): ModelRequest => ({
    id: "req_sample",
    origin: { run: "run_sample", task: "task_sample", step: "r0/writer", agent: "writer", plugin: "orrery.runner", ...who },
    model: "test/model",
    skill: "write",
    system: "Answer the task.",
    messages: [{ role: "user", content: view.task }],
    view: structuredClone(view),
    maxOutputTokens: 500,
    ...over,
  }),
  judgement: (over: Partial<Judgement> = {}): Judgement => ({
    subject: "task",
    run: "run_sample",
    task: view.task,
    artifact: structuredClone(artifact),
    inputs: [],
    criteria: [],
    model: "test/model",
    ...over,
  }),
  outcome: (over: Partial<Outcome> = {}): Outcome => ({
    task: task(),
    status: "accepted",
    output: structuredClone(artifact),
    verdicts: [],
    costNano: 0,
    ...over,
  }),
};
