import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PluginReport } from "@orrery/sdk";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { cleanEnv, orrery, scratch, start } from "../node/support.ts";

type News = { is: string; hook?: string; sinceMs?: number; again?: boolean; kept?: boolean; code?: string; status?: string };

/** A server of its own data folder, and a new plugin beside it. */
async function serving() {
  const home = scratch("attach");
  const env = cleanEnv(home);
  const folder = join(home, "acme-hello");
  expect((await orrery(["create", "plugin", "acme-hello", "--dir", folder], env)).code).toBe(0);
  const server = start(["serve", "--port", "0", "--json"], env);
  const found = async () => JSON.parse(await readFile(join(home, "server.json"), "utf8")) as { origin: string };
  await expect.poll(() => found().catch(() => undefined)).toBeDefined();
  const { origin } = await found();
  const headers = { authorization: `Bearer ${(await readFile(join(home, "token"), "utf8")).trim()}`, "content-type": "application/json" };
  const plugin = async () => {
    const { plugins } = (await (await fetch(`${origin}/api/plugins`, { headers })).json()) as { plugins: PluginReport[] };
    return plugins.find(({ id }) => id === "acme.hello");
  };
  const run = async (task: string) => {
    const answer = await fetch(`${origin}/api/runs?wait=true`, { method: "POST", headers, body: JSON.stringify({ task }) });
    return (await answer.json()) as { runId: string };
  };
  const notes = async (runId: string) => {
    const { events } = (await (await fetch(`${origin}/api/runs/${runId}/events`, { headers: { ...headers, accept: "application/json" } })).json()) as {
      events: { type: string; data: { plan?: { notes: { text: string }[] } } }[];
    };
    const planned = events.find(({ type }) => type === "run.planned")?.data.plan?.notes ?? [];
    return planned.map(({ text }) => text).filter((text) => text.includes("Agents at work"));
  };
  const dev = (...more: string[]) => {
    const child = start(["plugin", "dev", folder, "--attach", "--json", ...more], env);
    const news: News[] = [];
    let rest = "";
    child.stdout?.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      // What it fails with at its end is told over several lines.
      news.push(...lines.flatMap((line) => (line.startsWith('{"is"') ? [JSON.parse(line) as News] : [])));
    });
    const hear = (wanted: object) => expect.poll(() => news, { timeout: 60_000 }).toContainEqual(expect.objectContaining(wanted));
    return { child, news, hear };
  };
  const index = join(folder, "index.js");
  return { origin, env, folder, index, source: await readFile(index, "utf8"), server, plugin, run, notes, dev };
}

describe("orrery plugin dev --attach", { timeout: 300_000 }, () => {
  it("loads the plugin into the server that runs, shows its hooks firing in the runs there, and each change within them", async () => {
    const { index, source, plugin, run, notes, dev } = await serving();
    const { child, hear, news } = dev();
    await hear({ is: "loaded", id: "acme.hello", again: false });
    expect(await plugin()).toMatchObject({ tier: "community", state: "active" });
    // A server has its own runs: none is made for it.
    expect(await notes((await run("Say hello")).runId)).toEqual([expect.stringMatching(/^Hello!/)]);
    await hear({ is: "fired", hook: "task.plan", outcome: "result", sinceMs: expect.any(Number) });
    expect(news.filter(({ is }) => is === "ran")).toEqual([]);

    await writeFile(index, source.replace("Hello!", "Good day!"));
    await hear({ is: "loaded", again: true });
    expect(await notes((await run("Say hello")).runId)).toEqual([expect.stringMatching(/^Good day!/)]);
    await expect.poll(() => news.filter(({ sinceMs }) => sinceMs !== undefined).length).toBe(2);

    await writeFile(index, source.replace("setup({ tap", "setup({ tap tap"));
    await hear({ is: "broken", kept: true, code: "SOURCE_INVALID" });
    expect(await notes((await run("Say hello")).runId)).toEqual([expect.stringMatching(/^Good day!/)]);

    child.kill("SIGINT");
    expect((await child.done).code).toBe(0);
    await expect.poll(plugin).toBeUndefined();
  });

  it("runs a task there when one is named, and takes the plugin away also when it was killed", async () => {
    const { plugin, dev } = await serving();
    const { child, hear } = dev("--task", "Say hello", "--deny", "model.call");
    await hear({ is: "ran", task: "Say hello" });
    child.kill("SIGKILL");
    await child.done;
    await expect.poll(plugin).toBeUndefined();
  });

  it("is for whoever has the server's token", async () => {
    const { origin } = await serving();
    const refused = await new Promise((resolve) => {
      new WebSocket(`${origin.replace("http", "ws")}/api/dev`, ["orrery.v1", "token.wrong"]).once("unexpected-response", (_, { statusCode }) =>
        resolve(statusCode),
      );
    });
    expect(refused).toBe(401);
  });

  it("leaves alone what is loaded there already, and says what to do", async () => {
    const { env, folder, dev } = await serving();
    const { hear } = dev();
    await hear({ is: "loaded" });
    const second = await orrery(["plugin", "dev", folder, "--attach", "--once"], env);
    expect([second.code, second.stdout]).toEqual([
      1,
      expect.stringMatching(/PLUGIN_EXISTS "acme.hello" is loaded in this host already[\s\S]*orrery plugin remove acme.hello/),
    ]);
  });

  it("waits for a server that goes, says so, and loads what the source is by then into the one that comes", async () => {
    const { env, folder, index, source, server, dev } = await serving();
    const { child, news, hear } = dev();
    await hear({ is: "loaded", id: "acme.hello" });
    server.kill("SIGKILL");
    await server.done;
    await hear({ is: "lost", origin: expect.any(String) });
    // Saved while there is no server: nothing is lost of it.
    await writeFile(index, source.replace("Hello!", "Welcome back!"));
    const loads = () => news.filter(({ is }) => is === "loaded").length;
    expect(loads()).toBe(1);
    const next = start(["serve", "--port", "0", "--json"], env);
    await hear({ is: "back", origin: expect.any(String) });
    await expect.poll(loads, { timeout: 60_000 }).toBeGreaterThan(1);
    const address = JSON.parse(await readFile(join(folder, "..", "server.json"), "utf8")) as { origin: string };
    const headers = { authorization: `Bearer ${(await readFile(join(folder, "..", "token"), "utf8")).trim()}`, "content-type": "application/json" };
    const ran = await fetch(`${address.origin}/api/runs?wait=true`, { method: "POST", headers, body: JSON.stringify({ task: "Say hello" }) });
    const { runId } = (await ran.json()) as { runId: string };
    const events = await (await fetch(`${address.origin}/api/runs/${runId}/events`, { headers: { ...headers, accept: "application/json" } })).text();
    expect(events).toContain("Welcome back!");
    child.kill("SIGINT");
    expect((await child.done).code).toBe(0);
    next.kill("SIGTERM");
    await next.done;
  });

  it("ends with why when it is told to stop while there is no server, and where there is none at all", async () => {
    const { env, folder, server, dev } = await serving();
    const { child, hear } = dev();
    await hear({ is: "loaded" });
    server.kill("SIGTERM");
    expect((await server.done).code).toBe(0);
    await hear({ is: "lost", origin: expect.any(String) });
    child.kill("SIGINT");
    const ended = await child.done;
    expect([ended.code, ended.stdout]).toEqual([1, expect.stringContaining("SERVER_GONE")]);
    const none = await orrery(["plugin", "dev", folder, "--attach"], env);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("SERVER_NOT_RUNNING")]);
  });
});
