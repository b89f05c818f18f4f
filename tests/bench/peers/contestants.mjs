// One way of doing the same work in each system, written as its own documentation writes it: a model is a function that answers after `modelMs`,
// a chain is a loop of one step that hands its text on, a fan is so many independent steps at once. Orrery runs with ledger, trace and journal,
// the graphs with their in-memory checkpointer where they have one.
import { Annotation, END, MemorySaver, Send, START, StateGraph } from "@langchain/langgraph";
import { createStep, createWorkflow } from "@mastra/core/workflows";
import { Agent, Runner, setTracingDisabled } from "@openai/agents";
import { generateText } from "ai";
import { MockLanguageModelV3 } from "ai/test";
import { z } from "zod";
import { benchHost } from "../bench-host.ts";

setTracingDisabled(true);
const modelOf = (modelMs) =>
  modelMs > 0 ? (text) => new Promise((resolve) => setTimeout(() => resolve(`${text.length}`), modelMs)) : async (text) => `${text.length}`;

const bare = {
  name: "bare promises",
  async make({ kind, size }, modelMs) {
    const model = modelOf(modelMs);
    return async () => {
      if (kind === "fan") await Promise.all(Array.from({ length: size }, () => model("t")));
      else for (let step = 0, text = "t"; step < size; step += 1) text = await model(text);
    };
  },
};

const orrery = {
  name: "Orrery",
  async make(shape, modelMs) {
    const host = await benchHost([shape], { modelMs });
    return () => host.run(shape);
  },
};

const langgraph = {
  name: "LangGraph.js",
  async make({ kind, size }, modelMs) {
    const model = modelOf(modelMs);
    const checkpointer = new MemorySaver();
    let thread = 0;
    const State = Annotation.Root({ text: Annotation(), count: Annotation(), texts: Annotation({ reducer: (a, b) => a.concat(b), default: () => [] }) });
    const graph = new StateGraph(State);
    if (kind === "chain") {
      graph
        .addNode("step", async ({ text, count }) => ({ text: await model(text), count: count + 1 }))
        .addEdge(START, "step")
        .addConditionalEdges("step", ({ count }) => (count >= size ? END : "step"));
    } else {
      graph
        .addNode("worker", async ({ text }) => ({ texts: [await model(text)] }))
        .addConditionalEdges(START, () => Array.from({ length: size }, () => new Send("worker", { text: "t" })))
        .addEdge("worker", END);
    }
    const app = graph.compile({ checkpointer });
    return async () => {
      thread += 1;
      const thread_id = `t${thread}`;
      await app.invoke({ text: "t", count: 0 }, { recursionLimit: size + 10, configurable: { thread_id } });
      await checkpointer.deleteThread(thread_id);
    };
  },
};

const mastra = {
  name: "Mastra workflows",
  async make({ kind, size }, modelMs) {
    const model = modelOf(modelMs);
    const item = z.object({ text: z.string(), count: z.number() });
    const step = createStep({
      id: "step",
      inputSchema: item,
      outputSchema: item,
      execute: async ({ inputData }) => ({ text: await model(inputData.text), count: inputData.count + 1 }),
    });
    const workflow =
      kind === "chain"
        ? createWorkflow({ id: "chain", inputSchema: item, outputSchema: item })
            .dountil(step, async ({ inputData }) => inputData.count >= size)
            .commit()
        : createWorkflow({ id: "fan", inputSchema: z.array(item), outputSchema: z.array(item) })
            .foreach(step, { concurrency: size })
            .commit();
    const first = { text: "t", count: 0 };
    return async () => {
      const run = await workflow.createRun();
      const { status } = await run.start({ inputData: kind === "chain" ? first : Array.from({ length: size }, () => first) });
      if (status !== "success") throw new Error(`Mastra's run was ${status}`);
    };
  },
};

const usage = { inputTokens: { total: 10, noCache: 10, cacheRead: 0, cacheWrite: 0 }, outputTokens: { total: 5, text: 5, reasoning: 0 } };
const aiSdk = {
  name: "AI SDK",
  async make({ kind, size }, modelMs) {
    const model = modelOf(modelMs);
    const mock = new MockLanguageModelV3({
      doGenerate: async () => ({ content: [{ type: "text", text: await model("t") }], finishReason: { unified: "stop", raw: "stop" }, usage, warnings: [] }),
    });
    const step = async (prompt) => (await generateText({ model: mock, prompt })).text;
    return async () => {
      if (kind === "fan") await Promise.all(Array.from({ length: size }, () => step("t")));
      else for (let count = 0, text = "t"; count < size; count += 1) text = await step(text);
    };
  },
};

const openai = {
  name: "OpenAI Agents",
  async make({ kind, size }, modelMs) {
    const model = modelOf(modelMs);
    const mock = {
      async getResponse() {
        const text = await model("t");
        return {
          usage: { requests: 1, inputTokens: 10, outputTokens: 5, totalTokens: 15, inputTokensDetails: [], outputTokensDetails: [], add() {} },
          output: [{ type: "message", role: "assistant", status: "completed", content: [{ type: "output_text", text }] }],
        };
      },
      getStreamedResponse() {
        throw new Error("nobody streams here");
      },
    };
    const agent = new Agent({ name: "a", instructions: "p", model: mock });
    const runner = new Runner({ tracingDisabled: true });
    const step = async (prompt) => (await runner.run(agent, prompt)).finalOutput;
    return async () => {
      if (kind === "fan") await Promise.all(Array.from({ length: size }, () => step("t")));
      else for (let count = 0, text = "t"; count < size; count += 1) text = await step(text);
    };
  },
};

export const contestants = [bare, orrery, langgraph, mastra, aiSdk, openai];
