import type { AgentDetail, AgentRecord } from "@orrery/sdk/agents";
import type { Forecast, RunReport, WatchMessage } from "@orrery/sdk";
import { routes } from "@orrery/host-node";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { authorized, serveHere, token } from "./booted.ts";

const documents = [
  {
    path: "harbour.md",
    text: "# Harbour\n\nThe harbour opens at six in the morning. The harbour closes at nine in the evening. Boats need a permit to enter the harbour.",
  },
  { path: "boats.md", text: "# Boats\n\nThe ferry carries forty passengers. The ferry leaves the harbour twice a day." },
];
const task = { task: "When does the harbour open and close?", documents };

async function setUp() {
  const { server, host } = await serveHere();
  const call = async <T>(path: string, init: RequestInit = {}): Promise<{ status: number; body: T; headers: Headers }> => {
    const answer = await fetch(`${server.origin}${path}`, {
      ...init,
      headers: { accept: "application/json", ...authorized, ...(init.body ? { "content-type": "application/json" } : {}), ...init.headers },
    });
    return { status: answer.status, body: (await answer.json()) as T, headers: answer.headers };
  };
  const post = <T>(path: string, body: unknown) => call<T>(path, { method: "POST", body: JSON.stringify(body) });
  return { server, host, call, post };
}
interface Sse {
  id: string | undefined;
  event: string | undefined;
  data: unknown;
}
async function stream(url: string, headers: Record<string, string> = {}): Promise<Sse[]> {
  const answer = await fetch(url, { headers: { ...authorized, accept: "text/event-stream", ...headers } });
  expect(answer.headers.get("content-type")).toMatch(/^text\/event-stream/);
  const text = await answer.text();
  return text
    .split("\n\n")
    .filter((block) => block.includes("data: "))
    .map((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
      return { id: field("id"), event: field("event"), data: JSON.parse(field("data") ?? "null") };
    });
}

describe("the HTTP API", () => {
  it("takes a task, streams it from the first entry to the last, and reports it", async () => {
    const { server, call, post } = await setUp();
    const started = await post<{ runId: string; thread: string }>("/api/runs", task);
    expect([started.status, started.headers.get("location")]).toEqual([202, `/api/runs/${started.body.runId}`]);
    const events = await stream(`${server.origin}/api/runs/${started.body.runId}/events`);
    const entries = events.filter(({ id }) => id !== undefined);
    expect(entries.map(({ id }) => Number(id))).toEqual(entries.map((_, i) => i));
    expect([entries[0]?.event, entries.at(-1)?.event, events.at(-1)?.event]).toEqual(["run.submitted", "run.finished", "end"]);

    const { body: report } = await call<RunReport>(`/api/runs/${started.body.runId}`);
    expect(report).toMatchObject({ status: "accepted", cost: { microUsd: 0 }, journal: { events: entries.length } });
    expect(report.output).toMatch(/opens at six in the morning\. \[harbour\.md#\d+\]/);
    const { body: list } = await call<{ runs: { run: string; status: string }[] }>("/api/runs");
    expect(list.runs).toMatchObject([{ run: report.runId, status: "accepted" }]);
    const { body: trace } = await call<{ spans: { name: string }[] }>(`/api/runs/${report.runId}/trace`);
    expect(trace.spans.length).toBeGreaterThan(report.cost.calls);
    const { body: sentences } = await call<{ sentences: { n: number; text: string }[] }>(`/api/runs/${report.runId}/sentences?path=harbour.md`);
    expect(sentences.sentences.map(({ text }) => text)).toContain("The harbour opens at six in the morning.");
  });

  it("lists runs a page at a time, by how they stand", async () => {
    const { call, post } = await setUp();
    for (let i = 0; i < 5; i += 1) await post("/api/runs?wait=true", i === 3 ? { ...task, topology: "moebius" } : task);
    type Page = { runs: { run: string; status: string }[]; next?: string };
    const page = async (query: string) => (await call<Page>(`/api/runs?${query}`)).body;
    const { runs: all, next: none } = await page("");
    expect([all.length, none]).toEqual([5, undefined]);
    const [first, second, third] = [await page("limit=2"), await page(`limit=2&after=${all[1]?.run}`), await page(`limit=2&after=${all[3]?.run}`)];
    expect([...first.runs, ...second.runs, ...third.runs].map(({ run }) => run)).toEqual(all.map(({ run }) => run));
    expect([first.next, second.next, third.next]).toEqual([all[1]?.run, all[3]?.run, undefined]);
    expect((await page("status=failed")).runs).toMatchObject([{ run: all[1]?.run, status: "failed" }]);
    expect((await page("status=accepted&limit=3")).runs).toHaveLength(3);
    expect((await page("status=unfinished")).runs).toEqual([]);
    expect((await call<{ error: { code: string } }>("/api/runs?status=lost")).body.error.code).toBe("REQUEST_INVALID");
  });

  it("forecasts a task without doing it, and the report has what was predicted beside what was observed", async () => {
    const { call, post } = await setUp();
    const { status, body: forecast } = await post<Forecast>("/api/forecast", task);
    expect(status).toBe(200);
    expect(forecast).toMatchObject({ team: { agents: expect.any(Array) }, estimate: { nano: 0, unpriced: [] } });
    expect(forecast.estimate.inputTokens).toBeGreaterThan(0);
    expect((await call<{ runs: unknown[] }>("/api/runs")).body.runs).toEqual([]);
    const { body: report } = await post<RunReport>("/api/runs?wait=true", task);
    expect(report.topology.predicted).toEqual(forecast.predicted);
    expect(report.estimate).toMatchObject({ outputTokens: forecast.estimate.outputTokens, microUsd: 0 });
    expect(report.cost.inputTokens).toBeGreaterThan(0);
  });

  it("lists agents with what each remembers, and has one forget it", async () => {
    const { call, post } = await setUp();
    const agent = (id: string, skill: string) => ({ id, role: id, prompt: "Answer from the documents.", skill });
    const team = { name: "the pier/night shift", agents: [agent("reader", "research"), agent("writer", "write")], topology: { id: "sequential" } };
    expect((await post<RunReport>("/api/runs?wait=true", { ...task, team })).body.status).toBe("accepted");
    const { body } = await call<{ agents: AgentRecord[] }>("/api/agents");
    expect(body.agents.map(({ name, episodes, runs }) => [name, episodes, runs.length])).toEqual([
      ["the pier/night shift/reader", 1, 1],
      ["the pier/night shift/writer", 1, 1],
    ]);
    const path = `/api/agents/${encodeURIComponent("the pier/night shift/reader")}`;
    const { body: reader } = await call<AgentDetail>(path);
    expect(reader).toMatchObject({ team: team.name, id: "reader", memory: [{ task: task.task, agent: "reader" }] });
    const forget = async (query = "") => call<{ forgotten: number; error: { code: string } }>(`${path}/memory${query}`, { method: "DELETE" });
    expect((await forget("?episode=none")).body.error.code).toBe("EPISODE_UNKNOWN");
    expect((await forget(`?episode=${reader.memory[0]?.id}`)).body.forgotten).toBe(1);
    expect((await forget()).body.forgotten).toBe(0);
    expect((await call<AgentDetail>("/api/agents/writer")).body.memory).toHaveLength(1);
    expect(await call("/api/agents/nobody")).toMatchObject({ status: 404, body: { error: { code: "AGENT_UNKNOWN" } } });
  });

  it("goes on after Last-Event-ID, and gives the entries as JSON to who asks for JSON", async () => {
    const { server, call, post } = await setUp();
    const { body: report } = await post<RunReport>("/api/runs?wait=true", task);
    const url = `${server.origin}/api/runs/${report.runId}/events`;
    const { body } = await call<{ events: { idx: number; type: string }[] }>(`/api/runs/${report.runId}/events`);
    expect(body.events).toHaveLength(report.journal.events);
    const rest = await stream(url, { "last-event-id": "3" });
    expect(rest.filter(({ id }) => id).map(({ id }) => Number(id))).toEqual(body.events.slice(4).map(({ idx }) => idx));
    expect((await fetch(url, { headers: { ...authorized, "last-event-id": "x" } })).status).toBe(400);
    expect((await call<{ events: unknown[] }>(`/api/runs/${report.runId}/events?from=5`)).body.events).toHaveLength(report.journal.events - 5);
  });

  it("continues a conversation with the documents it had", async () => {
    const { post } = await setUp();
    const { body: first } = await post<RunReport>("/api/runs?wait=true", task);
    const { body: second } = await post<RunReport>("/api/runs?wait=true", { task: "How many passengers does the ferry carry?", thread: first.thread });
    expect(second.thread).toBe(first.thread);
    expect(second.documents.read.map(({ path }) => path)).toEqual(["boats.md", "harbour.md"]);
    expect(second.output).toContain("The ferry carries forty passengers. [boats.md#");
  });

  it("answers every mistake with a code and what to do", async () => {
    const { call, post } = await setUp();
    type Wrong = { error: { code: string; message: string; do: string } };
    for (const [answer, status, code] of [
      [await call<Wrong>("/api/runs/none"), 404, "RUN_UNKNOWN"],
      [await call<Wrong>("/api/runs/none/events"), 404, "RUN_UNKNOWN"],
      [await call<Wrong>("/api/runs/none/events", { headers: { accept: "text/event-stream" } }), 404, "RUN_UNKNOWN"],
      [await call<Wrong>("/api/hooks/none"), 404, "HOOK_UNKNOWN"],
      [await call<Wrong>("/api/none"), 404, "ROUTE_UNKNOWN"],
      [await post<Wrong>("/api/runs", { task: " " }), 400, "TASK_EMPTY"],
      [await post<Wrong>("/api/runs", { task: "x", docs: ["/no/such/folder"] }), 400, "DOCS_NOT_FOUND"],
      [await post<Wrong>("/api/runs", { task: "x", colour: "red" }), 400, "REQUEST_INVALID"],
      [await call<Wrong>("/api/runs?limit=many"), 400, "REQUEST_INVALID"],
    ] as const) {
      expect([answer.status, answer.body.error.code]).toEqual([status, code]);
      expect(answer.body.error.do.length).toBeGreaterThan(10);
    }
  });

  it("describes every route it has", async () => {
    const { call } = await setUp();
    const { body } = await call<{ paths: Record<string, Record<string, { operationId: string; security?: unknown; requestBody?: unknown }>> }>(
      "/api/openapi.json",
    );
    const described = Object.values(body.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
    expect(described.sort()).toEqual(routes.map(({ operation }) => operation).sort());
    expect(JSON.stringify(body.paths["/api/runs"]?.["post"]?.requestBody)).toContain("US dollars");
    expect(body.paths["/api/runs"]?.["post"]?.security).toEqual([{ token: [] }]);
  });

  it("lists plugins, models and hooks, and explains an order", async () => {
    const { call } = await setUp();
    const { body: plugins } = await call<{ plugins: { id: string; state: string }[] }>("/api/plugins");
    expect(plugins.plugins.filter(({ state }) => state !== "active")).toEqual([]);
    const { body: models } = await call<{ models: { id: string }[] }>("/api/models");
    expect(models.models.map(({ id }) => id)).toContain("orrery/extractive");
    const { body: hook } = await call<{ taps: { plugin: string }[] }>("/api/hooks/task.route");
    expect(hook.taps.map(({ plugin }) => plugin)).toContain("orrery.routing.default");
    expect((await call<{ hooks: string[] }>("/api/hooks")).body.hooks).toContain("task.route");
  });
});

describe("the socket", () => {
  async function open(origin: string) {
    const socket = new WebSocket(`${origin.replace("http", "ws")}/api/ws`, ["orrery.v1", `token.${token}`]);
    const replies = new Map<number, (reply: object) => void>();
    const watched: { watch: number; message: WatchMessage }[] = [];
    let ended = () => {};
    const end = new Promise<void>((done) => {
      ended = done;
    });
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as { id?: number; watch?: number; message?: WatchMessage };
      if (message.watch !== undefined && message.message) {
        watched.push({ watch: message.watch, message: message.message });
        if (message.message.kind === "end") ended();
      } else if (message.id !== undefined) replies.get(message.id)?.(message);
    });
    await new Promise((done, fail) => socket.once("open", done).once("error", fail));
    let next = 1;
    const call = <T = unknown>(method: string, ...params: unknown[]) =>
      new Promise<{ result?: T; error?: { code: string } }>((done) => {
        const id = next++;
        replies.set(id, done as never);
        socket.send(JSON.stringify({ id, method, params }));
      });
    return { socket, call, watched, end };
  }

  it("does what the page asks: runs a task, watches it with its streamed text, reports it", async () => {
    const { server } = await setUp();
    const { socket, call, watched, end } = await open(server.origin);
    const { result: info } = await call<{ kind: string; example?: { task: string } }>("info");
    expect(info).toMatchObject({ kind: "node", example: { task: expect.any(String) } });
    const { result: run } = await call<{ runId: string }>("submit", task);
    const { result: watch } = await call<{ watch: number }>("watch", run?.runId, 0);
    await end;
    expect(new Set(watched.map((each) => each.watch))).toEqual(new Set([watch?.watch]));
    const events = watched.flatMap(({ message }) => (message.kind === "event" ? [message.event] : []));
    expect(events.map(({ idx }) => idx)).toEqual(events.map((_, i) => i));
    expect(events.at(-1)?.type).toBe("run.finished");
    expect(watched.some(({ message }) => message.kind === "delta")).toBe(true);
    const { result: report } = await call<RunReport>("report", run?.runId);
    expect(report?.status).toBe("accepted");
    expect((await call("report", "none")).result).toBeUndefined();
    socket.terminate();
  });

  it("answers nonsense with an error and stays open", async () => {
    const { server } = await setUp();
    const { socket, call } = await open(server.origin);
    for (const text of [
      "",
      "x",
      "null",
      "[]",
      "{}",
      '{"id":1}',
      '{"id":1,"method":"constructor"}',
      `{"id":1,"method":"submit","params":${"[".repeat(100_000)}`,
    ])
      socket.send(text);
    socket.send(Buffer.from([1, 2, 3]));
    expect((await call("toString")).error?.code).toBe("METHOD_UNKNOWN");
    expect((await call("__proto__")).error?.code).toBe("METHOD_UNKNOWN");
    expect((await call("submit", { task: 1 })).error?.code).toBe("REQUEST_INVALID");
    expect((await call("watch", "none", 0)).error?.code).toBe("RUN_UNKNOWN");
    expect((await call("watch", "none", -1)).error?.code).toBe("REQUEST_INVALID");
    expect((await call("hooks")).result).toContain("task.route");
    socket.terminate();
  });
});
