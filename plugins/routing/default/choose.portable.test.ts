import type { ModelInfo, RouteQuery } from "@orrery/sdk";
import { describe, expect, it } from "vitest";
import { choose } from "./choose.ts";

const model = (id: string, over: Partial<ModelInfo> = {}): ModelInfo => ({
  id,
  provider: id.split("/")[0] ?? "",
  label: id,
  kind: "generative",
  local: false,
  paid: false,
  state: "connected",
  source: "a test",
  ...over,
});
const extractive = model("orrery/extractive", { kind: "extractive", local: true, state: "embedded" });
const ollama = model("ollama/llama3.2", { local: true, state: "found" });
const paid = model("openai/gpt-5-mini", { paid: true, price: { inputUsdPerMTok: 0.25, outputUsdPerMTok: 2 } });
const unpriced = model("lab/secret", { paid: true });

const query = (
  models: ModelInfo[],
  {
    skill = "research",
    localOnly = false,
    allowed = true,
    remainingNano = 50_000_000,
    preferred,
    agentModel,
  }: { skill?: string; localOnly?: boolean; allowed?: boolean; remainingNano?: number; preferred?: string; agentModel?: string } = {},
): RouteQuery => ({
  step: {
    run: "r",
    task: "t",
    path: "p",
    key: "k",
    attempt: 1,
    localOnly,
    temperature: 0,
    actor: "me",
    workspace: "w",
    agent: { id: "ann", role: "Researcher", prompt: "", skill, tools: [], ...(agentModel ? { model: agentModel } : {}) },
    view: { task: "t", round: 0, inputs: [], recalled: [], thread: [], feedback: [] },
    spending: { allowed, capNano: 50_000_000, why: "a test" },
  },
  models,
  remainingNano,
  ...(preferred ? { preferred } : {}),
});
const chosen = (models: ModelInfo[], options?: Parameters<typeof query>[1]) => choose(query(models, options), 2_048);
const why = (route: ReturnType<typeof chosen>, id: string) => route?.considered.find(({ model: each }) => each === id)?.why;

describe("default routing", () => {
  it("takes the extractive engine while nothing else is connected", () => {
    expect(chosen([extractive])).toEqual({
      model: "orrery/extractive",
      maxOutputTokens: 2_048,
      why: "orrery/extractive: no generative model is connected, and it can research from the documents.",
      considered: [],
    });
  });

  it("prefers a free model on this machine to a paid one, and a paid one to none", () => {
    const route = chosen([extractive, paid, ollama]);
    expect(route).toMatchObject({ model: "ollama/llama3.2", why: "ollama/llama3.2 is connected and runs on this machine at no cost." });
    expect(why(route, "openai/gpt-5-mini")).toBe("ollama/llama3.2 comes first");
    expect(why(route, "orrery/extractive")).toBe("a generative model is connected");
    expect(chosen([extractive, paid])).toMatchObject({ model: "openai/gpt-5-mini", why: "openai/gpt-5-mini is connected and $0.05 may still be spent." });
  });

  it("spends only what was agreed to and what is left, and only where the price is known", () => {
    for (const [options, reason] of [
      [{ allowed: false }, "costs money, and spending was not agreed to"],
      [{ remainingNano: 1_000_000 }, "the money left does not cover a call ($0.00422 at least)"],
    ] as const) {
      const route = chosen([paid, extractive], options);
      expect(route?.model).toBe("orrery/extractive");
      expect(route?.why).toContain("none of the connected generative models can be used");
      expect(why(route, "openai/gpt-5-mini")).toBe(reason);
    }
    expect(why(chosen([unpriced, extractive]), "lab/secret")).toBe("its price is not known, so a budget cannot hold it");
  });

  it("follows the person first, then the team, whatever it costs: the budget guard has the last word", () => {
    expect(chosen([extractive, ollama, paid], { preferred: "openai/gpt-5-mini", allowed: false })).toMatchObject({
      model: "openai/gpt-5-mini",
      why: "openai/gpt-5-mini was asked for.",
    });
    expect(chosen([extractive, ollama, paid], { agentModel: "orrery/extractive" })).toMatchObject({
      model: "orrery/extractive",
      why: "orrery/extractive was asked for by the team for ann.",
    });
    expect(chosen([extractive, ollama, paid], { preferred: "ollama/llama3.2", agentModel: "orrery/extractive" })?.model).toBe("ollama/llama3.2");
  });

  it("has no route for a model nobody listed", () => {
    expect(chosen([extractive], { preferred: "openai/gpt-9" })).toBeUndefined();
    expect(chosen([])).toBeUndefined();
  });

  it("asks a model that was named though its host did not list it a moment ago; nobody else is sent there", () => {
    const away = { ...paid, state: "unreachable" as const };
    expect(chosen([extractive, away], { preferred: away.id })?.model).toBe(away.id);
    expect(chosen([extractive, away])?.model).toBe(extractive.id);
    expect(chosen([away], { preferred: away.id, localOnly: true })).toBeUndefined();
  });

  it("keeps a step that must stay local on this machine", () => {
    const route = chosen([paid, extractive], { localOnly: true });
    expect(route?.model).toBe("orrery/extractive");
    expect(why(route, "openai/gpt-5-mini")).toBe("this step must stay on this machine");
    expect(chosen([paid], { localOnly: true, preferred: "openai/gpt-5-mini" })).toBeUndefined();
  });

  it("says so when the extractive engine does not know the skill", () => {
    expect(chosen([extractive], { skill: "translate" })?.why).toBe(
      'No generative model can be used, and orrery/extractive does not know the skill "translate".',
    );
  });
});
