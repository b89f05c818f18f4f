import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LLMock } from "@copilotkit/aimock";
import { calcPrice } from "@pydantic/genai-prices";
import type { RunReport } from "@orrery/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const usage = { prompt_tokens: 900, completion_tokens: 60 };
const dayCapUsd = 0.2;
const price =
  (calcPrice({ input_tokens: usage.prompt_tokens, output_tokens: usage.completion_tokens }, "gpt-4o", { providerId: "openai" })?.total_price ?? Number.NaN) *
  1e6;

let emulator: LLMock;
let stop: () => Promise<void> = () => Promise.resolve();
let origin = "";
let headers: Record<string, string> = {};

beforeAll(async () => {
  emulator = new LLMock({ port: 0, latency: 5 });
  emulator.onMessage(/[\s\S]*/, { content: "## Answer\n\nThe ferry leaves at nine in the morning. [ferry.md#1]\n", usage });
  await emulator.start();
  const home = await mkdtemp(join(tmpdir(), "orrery-many-"));
  const env = { PATH: process.env.PATH ?? "", HOME: home, ORRERY_HOME: home, OPENAI_API_KEY: "key", OPENAI_BASE_URL: `${emulator.url}/v1` };
  const configured = spawn("node_modules/.bin/orrery", ["config", "set", "spending.dayCapUsd", String(dayCapUsd)], { env });
  expect(await new Promise((resolve) => configured.on("close", resolve))).toBe(0);
  const server = spawn("node_modules/.bin/orrery", ["serve", "--port", "0", "--json"], { env });
  const address = await new Promise<{ origin: string; token: string }>((resolve, reject) => {
    let out = "";
    server.stdout.on("data", (data) => {
      out += data;
      if (out.trimEnd().endsWith("}")) resolve(JSON.parse(out));
    });
    server.on("close", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  origin = address.origin;
  headers = { authorization: `Bearer ${address.token}`, "content-type": "application/json" };
  stop = async () => {
    const ended = new Promise((resolve) => server.on("close", resolve));
    server.kill("SIGTERM");
    await ended;
    await emulator.stop();
    await rm(home, { recursive: true, force: true });
  };
});
afterAll(() => stop());

const submit = (budget: number) =>
  fetch(`${origin}/api/runs`, {
    method: "POST",
    headers,
    body: JSON.stringify({
      task: "When does the ferry leave?",
      documents: [{ path: "ferry.md", text: "# Ferry\n\nThe ferry leaves at nine in the morning. The ticket costs four euros." }],
      model: "openai/gpt-4o",
      budget,
    }),
  }).then((response) => response.json() as Promise<{ runId: string }>);

async function ended(runId: string): Promise<RunReport> {
  for (;;) {
    const report = (await (await fetch(`${origin}/api/runs/${runId}`, { headers })).json()) as RunReport;
    if (report.status !== "running") return report;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
const completions = (): number => emulator.getRequests().filter(({ path }) => path?.endsWith("/chat/completions")).length;

describe("two hundred runs at once", () => {
  it("overspend neither their own budgets nor the day's, and every call is on the books", async () => {
    // A third may make no call at all, a third a call or two, a third as many as they like until the day's cap stops them.
    const budgets = Array.from({ length: 200 }, (_, i) => [0.0001, 0.01, 0.05][i % 3] as number);
    const started = await Promise.all(budgets.map(submit));
    const reports = await Promise.all(started.map(({ runId }) => ended(runId)));
    reports.forEach((report, i) => {
      expect(report.cost.microUsd).toBeLessThanOrEqual((budgets[i] as number) * 1e6);
      expect(["accepted", "over_budget"], report.reasons.join()).toContain(report.status);
      expect(report.cost.microUsd).toBeCloseTo(report.cost.calls * price, 3);
    });
    const calls = reports.reduce((sum, { cost }) => sum + cost.calls, 0);
    expect(calls).toBe(completions());
    expect(calls).toBeGreaterThan(0);
    expect(calls * price).toBeLessThanOrEqual(dayCapUsd * 1e6);
    expect(reports.filter(({ status }) => status === "over_budget").length).toBeGreaterThan(0);
  });
});
