import { LLMock } from "@copilotkit/aimock";
import { type Connection, definePlugin, type Egress, type ModelInfo, type ModelRequest, type ModelResponse } from "@orrery/sdk";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import aiSdk from "./index.ts";

const secret = "sk-test-0123456789abcdef";
const usage = { prompt_tokens: 1_234, completion_tokens: 56, total_tokens: 1_290 };
const answer = "Plugins are isolated by their scope.";

let mock: LLMock;
beforeAll(async () => {
  mock = await LLMock.create({ port: 0, chunkSize: 6, strict: true });
});
afterAll(() => mock.stop());
beforeEach(() => {
  mock.clearChaos();
  mock.clearFixtures();
  mock.clearRequests();
  mock.onMessage("isolate", { content: answer, usage });
});

interface Setup {
  connections: Connection[];
  config?: Record<string, unknown>;
  fetcher?: typeof fetch;
}
/** A host whose egress puts the key in, as the real ones do. */
async function start({ connections, config, fetcher = fetch }: Setup) {
  const seen: { url: string; headers: Headers }[] = [];
  const egress: Egress = {
    fetch(url, init, options) {
      const headers = new Headers(init.headers);
      for (const name of ["authorization", "x-api-key", "x-goog-api-key"]) headers.delete(name);
      if (options?.credential) headers.set("authorization", `Bearer ${secret}`);
      seen.push({ url, headers: new Headers(init.headers) });
      return fetcher(url, { ...init, headers });
    },
  };
  const deltas: string[] = [];
  const listener = definePlugin({
    manifest: { id: "test.listener", version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      tap("model.delta", ({ text }) => {
        deltas.push(text);
      });
    },
  });
  host = await createTestHost({ plugins: [[aiSdk, config ? { config } : {}], listener], connections: { list: async () => connections }, egress });
  expect(host.report("orrery.provider.ai-sdk")?.state).toBe("active");
  return { deltas, seen };
}
let host: TestHost;
afterEach(() => host?.close());

const request = (model: string, text = "How are errors isolated?", over: Partial<ModelRequest> = {}): ModelRequest => ({
  id: "r1",
  origin: { run: "run_1", task: "t", step: "s/ann", agent: "ann", plugin: "orrery.topology.dag", actor: "me", workspace: "w" },
  model,
  skill: "research",
  system: "You are a researcher.",
  messages: [{ role: "user", content: text }],
  view: { task: text, round: 0, inputs: [], recalled: [], thread: [], feedback: [] },
  maxOutputTokens: 321,
  temperature: 0,
  ...over,
});
const ask = async (model: string, text?: string, over?: Partial<ModelRequest>): Promise<ModelResponse | undefined> =>
  (await host.call("model.call", request(model, text, over)))?.value;
const failing = async (model: string, text?: string): Promise<{ code: string; message: string; todo: string }> => {
  const thrown = await ask(model, text).then(
    () => undefined,
    (error: { cause?: unknown }) => error.cause,
  );
  return thrown as { code: string; message: string; todo: string };
};
const at = (provider: string, path: string): Connection => ({ provider, baseUrl: `${mock.url}${path}`, credential: provider, source: "a test", local: true });

describe("orrery.provider.ai-sdk against the emulator", () => {
  // The emulator counts a fixture's usage as it stands; each vendor names the same counts differently.
  it.each([
    ["openai", "/v1", "openai/gpt-5-mini", "/v1/chat/completions"],
    ["anthropic", "/v1", "anthropic/claude-haiku-4-5", "/v1/messages"],
    ["google", "/v1beta", "google/gemini-2.5-flash", "/v1beta/models/gemini-2.5-flash:streamGenerateContent"],
    ["ollama", "/v1", "ollama/llama3.2:3b", "/v1/chat/completions"],
    ["lab", "/v1", "lab/some/model", "/v1/chat/completions"],
  ])("streams from %s, with the usage the host reports and nothing of its own", async (provider, path, model, endpoint) => {
    const { deltas, seen } = await start({ connections: [at(provider, path)] });
    const response = await ask(model);
    expect(response).toMatchObject({ model, text: answer, finish: "stop", usage: { inputTokens: 1_234, outputTokens: 56 } });
    expect(deltas.length).toBeGreaterThan(3);
    expect(deltas.join("")).toBe(answer);
    const [asked] = mock.getRequests();
    expect(asked?.path).toContain(endpoint.split("?")[0]);
    expect(JSON.stringify(asked?.body)).toContain("You are a researcher.");
    expect(JSON.stringify(asked?.body)).toContain("321");
    expect(response?.billed).toMatchObject({ provider });
    // The plugin never had the key to send.
    for (const { headers } of seen) expect(JSON.stringify([...headers])).not.toContain(secret);
  });

  it("answers in one piece when streaming is off", async () => {
    const { deltas } = await start({ connections: [at("openai", "/v1")], config: { stream: false } });
    expect(await ask("openai/gpt-5-mini")).toMatchObject({ text: answer, usage: { inputTokens: 1_234, outputTokens: 56 } });
    expect(deltas).toEqual([]);
  });

  it("asks OpenAI itself through /responses, with little reasoning and the real usage body", async () => {
    const rerouted: typeof fetch = (url, init) => fetch(String(url).replace("https://api.openai.com", mock.url), init);
    await start({ connections: [{ provider: "openai", credential: "openai", source: "OPENAI_API_KEY", local: false }], fetcher: rerouted });
    const response = await ask("openai/gpt-5-mini");
    expect(response).toMatchObject({
      text: answer,
      usage: { inputTokens: 1_234, outputTokens: 56 },
      billed: { provider: "openai", body: { input_tokens: 1_234, output_tokens: 56 } },
    });
    const [asked] = mock.getRequests();
    expect(asked?.path).toBe("/v1/responses");
  });

  it("reports an answer cut off at the token limit and one refused as such", async () => {
    mock.clearFixtures();
    mock.onMessage("cut", { content: "half an", finishReason: "length", usage });
    mock.onMessage("refuse", { content: "", finishReason: "content_filter", usage });
    await start({ connections: [at("openai", "/v1")] });
    expect(await ask("openai/gpt-5-mini", "cut")).toMatchObject({ text: "half an", finish: "length" });
    expect(await ask("openai/gpt-5-mini", "refuse")).toMatchObject({ finish: "refused" });
  });

  it("has nothing to say for a provider nobody connected", async () => {
    await start({ connections: [] });
    expect(await ask("openai/gpt-5-mini")).toBeUndefined();
  });

  it("stops asking when it is cancelled: the host sees the connection close while it is still writing", async () => {
    let closed = false;
    let written = 0;
    mock.mount("/endless", {
      async handleRequest(_request, response) {
        response.writeHead(200, { "content-type": "text/event-stream" });
        const timer = setInterval(() => {
          written += 1;
          response.write(`data: ${JSON.stringify({ id: "c", created: 1, model: "m", choices: [{ index: 0, delta: { content: "word " } }] })}\n\n`);
        }, 5);
        response.on("close", () => {
          clearInterval(timer);
          closed = true;
        });
        return true;
      },
    });
    const { deltas } = await start({ connections: [at("lab", "/endless/v1")] });
    const abort = new AbortController();
    const answered = host.call("model.call", request("lab/m"), { signal: abort.signal });
    await expect.poll(() => deltas.length).toBeGreaterThan(2);
    expect(closed).toBe(false);
    abort.abort(new Error("enough"));
    await expect(answered).rejects.toMatchObject({ code: "CALL_ABORTED" });
    await expect.poll(() => closed).toBe(true);
    expect(deltas.length).toBeLessThanOrEqual(written);
  });
});

describe("when a host fails", () => {
  const error = (status: number, message: string, code?: string) => mock.nextRequestError(status, { message, type: "error", ...(code ? { code } : {}) });

  it("says which key is wrong without showing any of it", async () => {
    await start({ connections: [at("openai", "/v1")] });
    error(401, `Incorrect API key provided: ${secret}.`);
    const failure = await failing("openai/gpt-5-mini");
    expect(failure).toMatchObject({ code: "MODEL_AUTH", todo: expect.stringContaining("orrery connect openai") });
    expect(JSON.stringify([failure.message, failure.todo, Object.values(failure)])).not.toContain("0123456789");
  });

  it("goes on serving the other hosts, however often one of them says no", async () => {
    await start({ connections: [at("openai", "/v1"), at("ollama", "/v1")] });
    for (let i = 0; i < 7; i += 1) {
      error(401, "no");
      expect(await failing("openai/gpt-5-mini")).toMatchObject({ code: "MODEL_AUTH" });
    }
    expect(await ask("ollama/llama3.2")).toMatchObject({ text: answer });
  });

  it.each([
    [429, "insufficient_quota: you exceeded your current quota", "MODEL_QUOTA"],
    [400, "This model's maximum context length is 128000 tokens", "MODEL_CONTEXT_TOO_LONG"],
    [404, "The model does not exist", "MODEL_UNKNOWN"],
    [422, "temperature is odd", "MODEL_REQUEST_REFUSED"],
  ])("names a %i as what it is, at the first try", async (status, message, code) => {
    await start({ connections: [at("openai", "/v1")] });
    error(status, message);
    expect(await failing("openai/gpt-5-mini")).toMatchObject({ code });
    expect(mock.getRequests()).toHaveLength(1);
  });

  it("waits as long as a rate limit says, then goes on", async () => {
    await start({ connections: [at("openai", "/v1")] });
    error(429, "slow down");
    expect(await ask("openai/gpt-5-mini")).toMatchObject({ text: answer });
    expect(mock.getRequests()).toHaveLength(2);
  });

  it("gives up on a rate limit that asks for more patience than there is", async () => {
    await start({ connections: [at("openai", "/v1")], config: { maxWaitMs: 10 } });
    error(429, "slow down");
    expect(await failing("openai/gpt-5-mini")).toMatchObject({ code: "MODEL_RATE_LIMITED" });
    expect(mock.getRequests()).toHaveLength(1);
  });

  it("tries a failing host again, and says so when it stays so", async () => {
    await start({ connections: [at("ollama", "/v1")], config: { retries: 1, maxWaitMs: 2_000 } });
    mock.setChaos({ dropRate: 1 });
    expect(await failing("ollama/llama3.2")).toMatchObject({ code: "MODEL_UNREACHABLE", message: expect.stringContaining("HTTP 500") });
    expect(mock.getRequests()).toHaveLength(2);
  });

  it("calls a malformed or broken-off answer a bad one", async () => {
    await start({ connections: [at("openai", "/v1")], config: { retries: 0 } });
    mock.setChaos({ malformedRate: 1 });
    expect(await failing("openai/gpt-5-mini")).toMatchObject({ code: "MODEL_BAD_ANSWER" });
    mock.clearChaos();
    mock.clearFixtures();
    mock.onMessage("isolate", { content: answer.repeat(20), usage }, { truncateAfterChunks: 3, latency: 30 });
    expect(await failing("openai/gpt-5-mini")).toMatchObject({ code: "MODEL_BAD_ANSWER" });
  });

  it("says where nobody answers", async () => {
    const gone = await LLMock.create({ port: 0 });
    const url = `${gone.url}/v1`;
    await gone.stop();
    await start({ connections: [{ provider: "ollama", baseUrl: url, source: "config", local: true }], config: { retries: 0 } });
    expect(await failing("ollama/llama3.2")).toMatchObject({
      code: "MODEL_UNREACHABLE",
      message: `ollama at ${new URL(url).host} cannot be reached, or hung up.`,
    });
  });

  it("is patient with a slow host", async () => {
    await start({ connections: [at("openai", "/v1")] });
    mock.setChaos({ latencyMs: 300 });
    expect(await ask("openai/gpt-5-mini")).toMatchObject({ text: answer });
  });
});

describe("the models listed", () => {
  const list = async (): Promise<ModelInfo[]> => (await host.call("model.list", { refresh: false })).flatMap((each) => (each.ok ? each.value : []));

  it("are a vendor's own from the price catalogue, the default first, without asking anybody", async () => {
    const { seen } = await start({ connections: [{ provider: "anthropic", credential: "anthropic", source: "ANTHROPIC_API_KEY", local: false }] });
    const models = await list();
    expect(models[0]).toMatchObject({
      id: "anthropic/claude-haiku-4-5",
      label: "Claude Haiku 4.5",
      paid: true,
      local: false,
      state: "connected",
      source: "ANTHROPIC_API_KEY",
      price: { inputUsdPerMTok: 1, outputUsdPerMTok: 5 },
      contextTokens: 200_000,
    });
    for (const { price, kind } of models) expect([kind, price?.inputUsdPerMTok]).toEqual(["generative", expect.any(Number)]);
    expect(seen).toEqual([]);
  });

  it("are what a custom address says it has; a vendor's price makes them paid, on loopback too", async () => {
    mock.on({ userMessage: "x", model: "gpt-4.1-mini" }, { content: "y" });
    await start({ connections: [at("openai", "/v1")] });
    const models = await list();
    expect(models.length).toBeGreaterThan(0);
    expect(models.find(({ id }) => id === "openai/gpt-4.1-mini")).toMatchObject({
      paid: true,
      local: false,
      price: { inputUsdPerMTok: 0.4, outputUsdPerMTok: 1.6 },
    });
  });

  it("are free where a machine of one's own answers, and hold no embedding models", async () => {
    await start({
      connections: [
        {
          provider: "ollama",
          baseUrl: `${mock.url}/v1`,
          source: "found on 127.0.0.1:11434",
          local: true,
          models: ["llama3.2:3b", "nomic-embed-text", "gpt-oss:120b-cloud"],
        },
      ],
    });
    expect(await list()).toMatchObject([
      { id: "ollama/llama3.2:3b", paid: false, local: true, state: "found" },
      { id: "ollama/gpt-oss:120b-cloud", paid: true, local: false, note: "Ollama passes this model on to its own servers." },
    ]);
  });

  it("of a host without a key are free, and still not of this machine when they are elsewhere", async () => {
    await start({
      connections: [
        { provider: "lan", baseUrl: "http://192.168.7.7/v1", source: "config", local: false, models: ["qwen"] },
        { provider: "rented", baseUrl: "http://models.example/v1", credential: "rented", source: "config", local: false, models: ["qwen"] },
      ],
    });
    expect(await list()).toMatchObject([
      { id: "lan/qwen", paid: false, local: false },
      { id: "rented/qwen", paid: true, local: false },
    ]);
  });

  it("of a host that does not answer are marked so", async () => {
    const gone = await LLMock.create({ port: 0 });
    const url = `${gone.url}/v1`;
    await gone.stop();
    await start({ connections: [{ provider: "openai", baseUrl: url, credential: "openai", source: "OPENAI_BASE_URL", local: true }] });
    const models = await list();
    expect(models.length).toBeGreaterThan(0);
    expect(new Set(models.map(({ state }) => state))).toEqual(new Set(["unreachable"]));
  });
});
