import { readFileSync } from "node:fs";
import cost from "@orrery/plugins/cost";
import { type Json, Ledger, type ModelResponse, usdToNano } from "@orrery/sdk";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import { calcPrice, extractUsage, findProvider, type Provider } from "@pydantic/genai-prices";
import { afterAll, beforeAll, expect, it } from "vitest";

interface Row {
  model: string | null;
  usage: Json;
  extracted: { extractors: { provider_id: string; api_flavor: string; input_price?: string; output_price?: string }[] }[];
}
/** One body as one provider's: the set may read it in several of the provider's API flavours, and expects a price for each. */
interface Case {
  provider: string;
  model: string | null;
  body: Json;
  readings: { flavour: string; expected: number }[];
}

/** Embeddings and what bills no text are not for a ledger of model calls. */
const ours = ["default", "chat", "responses", "anthropic"];
/** A model to try bodies with whose answer named none; the set does not say which one it took. */
const unnamed = "gemini-2.5-flash";

const rows = readFileSync(new URL("../fixtures/prices/usages.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);
const cases: Case[] = rows.flatMap(({ model, usage, extracted }) => {
  const byProvider = new Map<string, Case>();
  for (const { provider_id, api_flavor, input_price, output_price } of extracted.flatMap(({ extractors }) => extractors)) {
    if ((input_price ?? output_price) === undefined || !ours.includes(api_flavor)) continue;
    const one = byProvider.get(provider_id) ?? { provider: provider_id, model, body: usage, readings: [] };
    one.readings.push({ flavour: api_flavor, expected: usdToNano(Number(input_price ?? 0) + Number(output_price ?? 0)) });
    byProvider.set(provider_id, one);
  }
  return [...byProvider.values()];
});

const read = (provider: Provider, body: Json, flavour: string) => extractUsage(provider, { usage: body, usageMetadata: body }, flavour).usage;
const priced = (provider: Provider, body: Json, flavour: string, model: string): number | undefined => {
  const price = calcPrice(read(provider, body, flavour), model, { provider });
  return price ? usdToNano(price.total_price) : undefined;
};

let host: TestHost;
beforeAll(async () => {
  host = await createTestHost({ plugins: [[cost, { config: { dayCapUsd: 1e6 } }]] });
});
afterAll(() => host.close());

it("books what the installed price package makes of every usage body", { timeout: 120_000 }, async () => {
  const ledger = host.kernel.service(Ledger);
  if (!ledger) throw new Error("the cost plugin provides no ledger");
  const tally = { bodies: rows.length, cases: 0, asPackage: 0, named: 0, asSet: 0, unnamed: 0, unnamedThatSomeModelExplains: 0 };
  const notAsSet = new Map<string, number>();
  for (const [i, { provider, model, body, readings }] of cases.entries()) {
    tally.cases += 1;
    const found = findProvider({ providerId: provider });
    if (!found) throw new Error(`the package does not know ${provider}`);
    // A body of one vendor's shape read in another's flavour loses counts: the reading that finds most is the body's own.
    const [best] = readings.toSorted((a, b) => Object.keys(read(found, body, b.flavour)).length - Object.keys(read(found, body, a.flavour)).length);
    if (!best) throw new Error("a case without a reading");
    const asked = model ?? unnamed;
    const id = `${provider}/${asked}`;
    const origin = { run: `run_${i}`, task: "t", step: "s", agent: "a", plugin: "p", actor: "me", workspace: "w" };
    const guard = await host.call("budget.reserve", {
      reservation: `r${i}`,
      origin,
      kind: "model",
      model: id,
      paid: true,
      inputTokens: 1_000_000,
      outputTokens: 1_000_000,
      spending: { allowed: true, capNano: Number.MAX_SAFE_INTEGER, why: "a test" },
    });
    expect(guard.decision, `${id}: ${JSON.stringify(guard.reasons)}`).toBe("allow");
    const response: ModelResponse = {
      model: id,
      text: "",
      usage: { inputTokens: 0, outputTokens: 0 },
      finish: "stop",
      billed: { provider, model: asked, body },
    };
    const { nano } = await ledger.settle(`r${i}`, response);
    expect(nano, `${id} ${best.flavour}: ${JSON.stringify(body)}`).toBe(priced(found, body, best.flavour, asked));
    tally.asPackage += 1;
    if (model === null) {
      tally.unnamed += 1;
      if (found.models.some((each) => priced(found, body, best.flavour, each.id) === best.expected)) tally.unnamedThatSomeModelExplains += 1;
    } else {
      tally.named += 1;
      if (nano === best.expected) tally.asSet += 1;
      else notAsSet.set(`${id} (${best.flavour})`, (notAsSet.get(`${id} (${best.flavour})`) ?? 0) + 1);
    }
  }
  process.stdout.write(
    `usage bodies: ${JSON.stringify(tally)}\n${[...notAsSet].map(([name, count]) => `  the set's own figure differs from the installed package's: ${count} × ${name}\n`).join("")}`,
  );
  expect(tally.asPackage).toBe(tally.cases);
  expect(tally.cases).toBeGreaterThan(1_000);
});
