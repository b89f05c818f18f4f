// One way of doing the same work in each system, written as its own documentation writes it: a model is a function that answers after `modelMs`,
// a chain is a loop of one step that hands its text on, a fan is so many independent steps at once, and with tools one agent calls a tool so many times
// before it answers. Orrery runs with ledger, trace and journal,
// the graphs with their in-memory checkpointer where they have one.
import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { tool as langTool } from "@langchain/core/tools";
import { Annotation, END, interrupt, MemorySaver, MessagesAnnotation, Send, START, StateGraph } from "@langchain/langgraph";
import { ToolNode, toolsCondition } from "@langchain/langgraph/prebuilt";
import { Mastra } from "@mastra/core";
import { Agent as MastraAgent } from "@mastra/core/agent";
import { InMemoryStore } from "@mastra/core/storage";
import { createTool } from "@mastra/core/tools";
import { createStep, createWorkflow } from "@mastra/core/workflows";
import { Agent, Runner, setTracingDisabled, tool as agentTool, Usage } from "@openai/agents";
import { generateText, stepCountIs, tool as aiTool, ToolLoopAgent } from "ai";
import { MockLanguageModelV3 } from "ai/test";
import { z } from "zod";
import { benchHost } from "../bench-host.ts";

setTracingDisabled(true);
const modelOf = (modelMs) =>
  modelMs > 0 ? (text) => new Promise((resolve) => setTimeout(() => resolve(`${text.length}`), modelMs)) : async (text) => `${text.length}`;

const probe = async ({ n }) => n;
const probeInput = z.object({ n: z.number() });
const about = { name: "probe", description: "Gives back a number." };

const bare = {
  name: "bare promises",
  async make({ kind, size }, modelMs) {
    const model = modelOf(modelMs);
    if (kind === "tools")
      return async () => {
        for (let turn = 0; turn < size; turn += 1) await probe({ n: (await model("t")).length });
        await model("t");
      };
    return async () => {
      if (kind === "fan") await Promise.all(Array.from({ length: size }, () => model("t")));
      else for (let step = 0, text = "t"; step < size; step += 1) text = await model(text);
    };
  },
};

const orrery = {
  name: "Orrery",
  idle: async (id) => ({ id, role: "a", skill: "write", prompt: "p", tools: [] }),
  async suspend() {
    const shape = { kind: "chain", size: 1 };
    const host = await benchHost([shape]);
    return () => host.suspend(shape);
  },
  async make(shape, modelMs) {
    const host = await benchHost([shape], { modelMs });
    return () => host.run(shape);
  },
};

const langgraph = {
  name: "LangGraph.js",
  idle: async () =>
    new StateGraph(MessagesAnnotation)
      .addNode("model", async () => ({ messages: [new AIMessage("x")] }))
      .addEdge(START, "model")
      .compile(),
  async suspend() {
    let thread = 0;
    const app = new StateGraph(Annotation.Root({ text: Annotation() }))
      .addNode("step", async ({ text }) => ({ text: await modelOf(0)(text) }))
      .addNode("ask", () => ({ text: interrupt("Good?") }))
      .addEdge(START, "step")
      .addEdge("step", "ask")
      .compile({ checkpointer: new MemorySaver() });
    return async () => {
      thread += 1;
      await app.invoke({ text: "t" }, { configurable: { thread_id: `s${thread}` } });
      return thread;
    };
  },
  async make({ kind, size }, modelMs) {
    const model = modelOf(modelMs);
    const checkpointer = new MemorySaver();
    let thread = 0;
    if (kind === "tools") {
      const call = async ({ messages }) => {
        await model("t");
        const done = (messages.length - 1) / 2;
        const tool_calls = done < size ? [{ id: `call-${done}`, name: "probe", args: { n: done }, type: "tool_call" }] : [];
        return { messages: [new AIMessage({ content: done < size ? "" : "x", tool_calls })] };
      };
      const agent = new StateGraph(MessagesAnnotation)
        .addNode("model", call)
        .addNode("tools", new ToolNode([langTool(probe, { ...about, schema: probeInput })]))
        .addEdge(START, "model")
        .addConditionalEdges("model", toolsCondition, ["tools", END])
        .addEdge("tools", "model")
        .compile({ checkpointer });
      return async () => {
        thread += 1;
        const thread_id = `t${thread}`;
        const { messages } = await agent.invoke({ messages: [new HumanMessage("t")] }, { recursionLimit: 2 * size + 10, configurable: { thread_id } });
        if (messages.length !== 2 * size + 2) throw new Error(`LangGraph.js ended with ${messages.length} messages`);
        await checkpointer.deleteThread(thread_id);
      };
    }
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
  name: "Mastra",
  idle: async (id) => new MastraAgent({ id, name: id, instructions: "p", model: turning(modelOf(0), 0) }),
  async suspend() {
    const item = z.object({ text: z.string() });
    const model = modelOf(0);
    const step = createStep({ id: "step", inputSchema: item, outputSchema: item, execute: async ({ inputData }) => ({ text: await model(inputData.text) }) });
    const ask = createStep({
      id: "ask",
      inputSchema: item,
      outputSchema: item,
      resumeSchema: z.object({ good: z.boolean() }),
      execute: async ({ inputData, resumeData, suspend }) => (resumeData ? inputData : suspend({})),
    });
    const workflow = createWorkflow({ id: "asks", inputSchema: item, outputSchema: item }).then(step).then(ask).commit();
    const mastra = new Mastra({ workflows: { asks: workflow }, storage: new InMemoryStore(), logger: false });
    return async () => {
      const run = await mastra.getWorkflow("asks").createRun();
      const { status } = await run.start({ inputData: { text: "t" } });
      if (status !== "suspended") throw new Error(`Mastra's run was ${status}`);
      return run;
    };
  },
  async make({ kind, size }, modelMs) {
    const model = modelOf(modelMs);
    if (kind === "tools") {
      const tools = { probe: createTool({ id: "probe", description: about.description, inputSchema: probeInput, execute: probe }) };
      const agent = new MastraAgent({ id: "a", name: "a", instructions: "p", model: turning(model, size), tools });
      return async () => {
        const { text } = await agent.generate("t", { maxSteps: size + 1 });
        if (text !== "x") throw new Error(`Mastra answered "${text}"`);
      };
    }
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
/** A model that calls the tool `size` times before it answers. */
const turning = (model, size) => {
  const next = async (prompt) => {
    await model("t");
    const done = prompt.filter(({ role }) => role === "tool").length;
    if (done >= size) return { content: [{ type: "text", text: "x" }], reason: "stop" };
    return { content: [{ type: "tool-call", toolCallId: `call-${done}`, toolName: "probe", input: JSON.stringify({ n: done }) }], reason: "tool-calls" };
  };
  return new MockLanguageModelV3({
    doGenerate: async ({ prompt }) => {
      const { content, reason } = await next(prompt);
      return { content, finishReason: { unified: reason, raw: reason }, usage, warnings: [] };
    },
    doStream: async ({ prompt }) => {
      const { content, reason } = await next(prompt);
      const parts = content.flatMap((part) =>
        part.type === "text"
          ? [
              { type: "text-start", id: "1" },
              { type: "text-delta", id: "1", delta: part.text },
              { type: "text-end", id: "1" },
            ]
          : [part],
      );
      const chunks = [{ type: "stream-start", warnings: [] }, ...parts, { type: "finish", finishReason: { unified: reason, raw: reason }, usage }];
      return { stream: ReadableStream.from(chunks) };
    },
  });
};
const aiSdk = {
  name: "AI SDK",
  idle: async () => new ToolLoopAgent({ model: turning(modelOf(0), 0), instructions: "p" }),
  async make({ kind, size }, modelMs) {
    const model = modelOf(modelMs);
    const mock = new MockLanguageModelV3({
      doGenerate: async () => ({ content: [{ type: "text", text: await model("t") }], finishReason: { unified: "stop", raw: "stop" }, usage, warnings: [] }),
    });
    if (kind === "tools") {
      const tools = { probe: aiTool({ description: about.description, inputSchema: probeInput, execute: probe }) };
      const asked = turning(model, size);
      return async () => {
        const { text } = await generateText({ model: asked, prompt: "t", tools, stopWhen: stepCountIs(size + 1) });
        if (text !== "x") throw new Error(`the AI SDK answered "${text}"`);
      };
    }
    const step = async (prompt) => (await generateText({ model: mock, prompt })).text;
    return async () => {
      if (kind === "fan") await Promise.all(Array.from({ length: size }, () => step("t")));
      else for (let count = 0, text = "t"; count < size; count += 1) text = await step(text);
    };
  },
};

const openai = {
  name: "OpenAI Agents",
  idle: async (name) => new Agent({ name, instructions: "p", model: "none" }),
  async suspend() {
    const ask = agentTool({ ...about, parameters: probeInput, execute: probe, needsApproval: true });
    const call = { type: "function_call", callId: "call", name: "probe", status: "completed", arguments: JSON.stringify({ n: 0 }) };
    const mock = { getResponse: async () => ({ usage: new Usage({ requests: 1, inputTokens: 10, outputTokens: 5, totalTokens: 15 }), output: [{ ...call }] }) };
    const agent = new Agent({ name: "a", instructions: "p", model: mock, tools: [ask] });
    const runner = new Runner({ tracingDisabled: true });
    return async () => {
      const { state, interruptions } = await runner.run(agent, "t");
      if (interruptions.length !== 1) throw new Error("OpenAI Agents asked nobody");
      return state;
    };
  },
  async make({ kind, size }, modelMs) {
    const model = modelOf(modelMs);
    const mock = {
      async getResponse({ input }) {
        const text = await model("t");
        const done = typeof input === "string" ? 0 : input.filter(({ type }) => type === "function_call_result").length;
        const asks = kind === "tools" && done < size;
        return {
          usage: new Usage({ requests: 1, inputTokens: 10, outputTokens: 5, totalTokens: 15 }),
          output: [
            asks
              ? { type: "function_call", callId: `call-${done}`, name: "probe", status: "completed", arguments: JSON.stringify({ n: done }) }
              : { type: "message", role: "assistant", status: "completed", content: [{ type: "output_text", text: kind === "tools" ? "x" : text }] },
          ],
        };
      },
      getStreamedResponse() {
        throw new Error("nobody streams here");
      },
    };
    const tools = kind === "tools" ? [agentTool({ ...about, parameters: probeInput, execute: probe })] : [];
    const agent = new Agent({ name: "a", instructions: "p", model: mock, tools });
    const runner = new Runner({ tracingDisabled: true });
    const step = async (prompt) => (await runner.run(agent, prompt, { maxTurns: size + 2 })).finalOutput;
    return async () => {
      if (kind === "tools") {
        const text = await step("t");
        if (text !== "x") throw new Error(`OpenAI Agents answered "${text}"`);
        return;
      }
      if (kind === "fan") await Promise.all(Array.from({ length: size }, () => step("t")));
      else for (let count = 0, text = "t"; count < size; count += 1) text = await step(text);
    };
  },
};

export const contestants = [bare, orrery, langgraph, mastra, aiSdk, openai];
