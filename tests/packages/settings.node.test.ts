import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { definePlugin, type InstalledPackage, type PackageAudit, type PluginSettings, type RunReport } from "@orrery/sdk";
import { packPlugin } from "@orrery/sdk/package";
import { expect, it, onTestFinished, vi } from "vitest";
import { authorized, serveHere, token } from "../node/booted.ts";
import { cleanEnv, orrery, scratch, start } from "../node/support.ts";
import { socketOf } from "../support/socket.ts";

const id = "acme.signature";
const secret = "the notary's own key";
/** Signs every answer with what it is set to, and does not start with a word it does not like, nor without one. */
const packed = (version = "1.0.0", required: readonly string[] = []) =>
  packPlugin({
    manifest: {
      id,
      version,
      api: "^1.0",
      title: "Signature",
      capabilities: [],
      hooks: ["step.after"],
      requires: {},
      provides: [],
      config: {
        type: "object",
        properties: {
          word: { type: "string", minLength: 1, maxLength: 20, description: "What it writes", ...(required.length > 0 ? {} : { default: "Signed" }) },
          times: { type: "integer", minimum: 1, maximum: 3, default: 1 },
          key: { type: "string", writeOnly: true },
        },
        required: [...required],
      },
    },
    code: `export default {
      manifest: { id: "${id}", version: "${version}", api: "^1.0", capabilities: [] },
      setup({ tap, config }) {
        const { word${required.length > 0 ? "" : ' = "Signed"'}, times = 1, key = "" } = config ?? {};
        if (word === undefined) throw new Error("a word is needed");
        if (word === "Boom") throw new Error("no such word");
        tap("step.after", (result) => ({ ...result, text: result.text + " (" + (word + " ").repeat(times) + key.length + ")" }));
      },
    };`,
  });

async function setUp(options: Parameters<typeof serveHere>[0] = {}) {
  const dir = scratch("host");
  const { server, host, client } = await serveHere({ dir, ...options });
  const call = async <T>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: T & { error: { code: string; message: string; do?: string } } }> => {
    const init = body === undefined ? {} : { body: JSON.stringify(body), headers: { ...authorized, "content-type": "application/json" } };
    const answer = await fetch(`${server.origin}${path}`, { headers: authorized, ...init, method });
    return { status: answer.status, body: await answer.json() };
  };
  const install = (bytes: Uint8Array) =>
    call<InstalledPackage>("POST", "/api/packages", { package: Buffer.from(bytes).toString("base64"), unsigned: true, grant: [] });
  const settings = (of = id) => call<PluginSettings>("GET", `/api/plugins/${of}/settings`);
  const change = (body: object, of = id) => call<PluginSettings>("PATCH", `/api/plugins/${of}/settings`, body);
  const documents = [{ path: "pump.md", text: "# Pump\n\nThe pump was replaced on 4 May. It moves 120 litres a minute." }];
  const written = async () => JSON.stringify(await call<RunReport>("POST", "/api/runs?wait=true", { task: "When was the pump replaced?", documents }));
  return { dir, server, host, client, call, install, settings, change, written };
}

it("a plugin's settings are shown, changed and taken back over the API, and a run takes them up without a restart", { timeout: 300_000 }, async () => {
  const heard: unknown[] = [];
  const listener = definePlugin({
    manifest: { id: "test.listener", version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      tap("kernel.plugin", (change) => void (change.to === "settings" && heard.push(change)), { phase: "observe" });
    },
  });
  const { dir, host, call, install, settings, change, written } = await setUp({ plugins: [listener] });
  expect(await settings()).toMatchObject({ status: 404, body: { error: { code: "PLUGIN_UNKNOWN" } } });
  expect(await install(await packed())).toMatchObject({ status: 201 });
  expect(await settings()).toMatchObject({
    body: {
      id,
      version: "1.0.0",
      described: true,
      settings: [
        { name: "key", secret: true, set: false },
        { name: "times", takes: "a whole number from 1 to 3", default: 1, set: false },
        { name: "word", takes: "text of 1 to 20 characters", default: "Signed", description: "What it writes", set: false },
      ],
    },
  });
  expect(await written()).toContain("(Signed 0)");

  const set = await change({ set: { word: "Read", times: 2, key: secret } });
  expect(set).toMatchObject({ status: 200, body: { settings: [{ name: "key", set: true }, { value: 2 }, { name: "word", value: "Read", set: true }] } });
  expect(await written()).toContain(`(Read Read ${secret.length})`);
  expect(JSON.parse(await readFile(host.home.config, "utf8")).pluginConfig[id]).toEqual({ word: "Read", times: 2, key: secret });

  // What does not fit is not kept, and what does not start is taken back: the run says so.
  expect(await change({ set: { times: 4 } })).toMatchObject({
    status: 400,
    body: { error: { code: "SETTINGS_INVALID", message: `the setting times of ${id}: expected a whole number from 1 to 3, and was given 4` } },
  });
  expect(await change({ set: { wrod: "x" } })).toMatchObject({ status: 400, body: { error: { code: "SETTING_UNKNOWN", do: "It has: key, times, word." } } });
  expect(await change({ unset: ["wrod"] })).toMatchObject({ status: 400, body: { error: { code: "SETTING_UNKNOWN" } } });
  expect(await change({ set: { word: "Boom", times: 1 } })).toMatchObject({
    status: 409,
    body: { error: { code: "SETTINGS_REFUSED", message: expect.stringMatching(/goes on with those it had.*no such word/) } },
  });
  expect(await change({ surprise: 1 })).toMatchObject({ status: 400, body: { error: { code: "REQUEST_INVALID" } } });
  expect(await written()).toContain(`(Read Read ${secret.length})`);

  expect(await change({ unset: ["times"] })).toMatchObject({ status: 200, body: { settings: [{}, { name: "times", set: false }, {}] } });
  expect(await written()).toContain(`(Read ${secret.length})`);
  expect(await change({ others: "unset" })).toMatchObject({ status: 200 });
  expect(await written()).toContain("(Signed 0)");

  const audit = await call<PackageAudit>("GET", `/api/packages/${id}/audit`);
  expect(audit.body.changes).toMatchObject([
    { by: "me", what: "settings", detail: 'word = "Read", was not set; times = 2, was not set; key (secret) was changed', at: expect.any(Number) },
    { detail: "times = not set, was 2" },
    { detail: 'word = not set, was "Read"; key (secret) was changed' },
  ]);
  expect(heard).toMatchObject([{ plugin: id, version: "1.0.0", detail: expect.stringMatching(/^me: word = "Read"/) }, {}, {}]);
  expect(JSON.stringify([set, audit, heard])).not.toContain(secret);

  // They stay through an update, and go with the plugin.
  await change({ set: { word: "Kept" } });
  expect(await install(await packed("1.1.0"))).toMatchObject({ status: 201 });
  expect(await settings()).toMatchObject({ body: { version: "1.1.0", settings: [{}, {}, { value: "Kept" }] } });
  await call("DELETE", `/api/packages/${id}`);
  expect(await install(await packed("1.1.0"))).toMatchObject({ status: 201 });
  expect(await settings()).toMatchObject({ body: { settings: [{}, {}, { name: "word", set: false }] } });
  expect(await readFile(join(dir, "config.json"), "utf8")).not.toContain("Kept");
});

it("a plugin that needs a setting is installed, says so, and starts when it has it", { timeout: 300_000 }, async () => {
  const { install, settings, change, written, call } = await setUp();
  expect(await install(await packed("1.0.0", ["word"]))).toMatchObject({
    status: 201,
    body: { problem: { message: expect.stringContaining("a word is needed") } },
  });
  expect(await settings()).toMatchObject({
    body: { settings: [{}, {}, { name: "word", needed: true, set: false }], problem: { message: expect.stringContaining("a word") } },
  });
  // One at a time is enough, and what it says is told where it still does not start.
  expect(await change({ set: { times: 2 } })).toMatchObject({ status: 200, body: { problem: { message: expect.stringContaining("a word is needed") } } });
  const started = await change({ set: { word: "Now" } });
  expect(started).toMatchObject({ status: 200, body: { settings: [{}, { value: 2 }, { value: "Now" }] } });
  expect(started.body.problem).toBeUndefined();
  expect((await call<{ packages: InstalledPackage[] }>("GET", "/api/packages")).body.packages[0]?.problem).toBeUndefined();
  expect(await written()).toContain("(Now Now 0)");
  expect(await change({ unset: ["word"] })).toMatchObject({ status: 409, body: { error: { code: "SETTINGS_REFUSED" } } });
  expect(await written()).toContain("(Now Now 0)");
});

it("a plugin of the product itself is set the same way, at once", { timeout: 300_000 }, async () => {
  const { host, client, settings, change } = await setUp();
  expect(await settings("orrery.planner")).toMatchObject({
    body: { described: true, settings: [{ name: "agents", takes: "a whole number from 1 to 64", default: 5 }] },
  });
  const agents = async () => (await client.forecast({ task: "Compare the pump of May with the pump of June.", documentBytes: 1_000 })).team.agents.length;
  const before = await agents();
  expect(await change({ set: { agents: 1 } }, "orrery.planner")).toMatchObject({ status: 200 });
  expect([before, await agents()]).toEqual([3, 1]);
  expect(await change({ set: { agents: 65 } }, "orrery.planner")).toMatchObject({
    status: 400,
    body: { error: { message: "the setting agents of orrery.planner: expected a whole number from 1 to 64, and was given 65" } },
  });
  // One that others work with, too: they start anew with it.
  expect(await change({ set: { dayCapUsd: 1 } }, "orrery.cost")).toMatchObject({ status: 200 });
  expect(host.kernel.inspect().plugins.filter(({ state }) => state !== "active")).toEqual([]);
  // What holds the host itself together is not set by people.
  expect(await settings("orrery.host.journal")).toMatchObject({ status: 200, body: { described: false, settings: [] } });
  expect(await change({ set: { file: "/tmp/other" } }, "orrery.host.journal")).toMatchObject({ status: 409, body: { error: { code: "SETTINGS_REFUSED" } } });
});

it("the page's socket has the same methods", { timeout: 300_000 }, async () => {
  const { server } = await setUp();
  const ask = await socketOf(server.origin, token);
  expect(await ask("pluginSettings", "orrery.planner")).toMatchObject({ result: { settings: [{ name: "agents", set: false }] } });
  expect(await ask("changePluginSettings", "orrery.planner", { set: { agents: 2 } })).toMatchObject({ result: { settings: [{ name: "agents", value: 2 }] } });
  expect(await ask("changePluginSettings", "orrery.planner", { set: { agents: "x" } })).toMatchObject({ error: { code: "SETTINGS_INVALID" } });
  expect(await ask("setPackageBudget", id, { runUsd: 1 })).toMatchObject({ error: { code: "PACKAGE_UNKNOWN" } });
});

it("what is written into the file by hand is taken up by a running host; what does not fit is told, and what ran goes on", { timeout: 300_000 }, async () => {
  const errors: string[] = [];
  const { host, install, written, change } = await setUp({ log: { debug() {}, info() {}, warn() {}, error: (message) => void errors.push(message) } });
  onTestFinished((await host.settingsDesk()).watch());
  await install(await packed());
  const byHand = (config: object) => writeFile(host.home.config, JSON.stringify({ pluginConfig: { [id]: config } }));
  await byHand({ word: "Hand" });
  await vi.waitFor(async () => expect(await written()).toContain("(Hand 0)"), { timeout: 60_000 });
  await byHand({ times: "many" });
  await vi.waitFor(
    () => expect(errors.join()).toContain(`the setting times of ${id}: expected a whole number from 1 to 3, and was given "many" (in ${host.home.config})`),
    {
      timeout: 60_000,
    },
  );
  await byHand({ word: "Boom" });
  await vi.waitFor(() => expect(errors.join()).toMatch(/goes on with those it had.*no such word/), { timeout: 60_000 });
  expect(await written()).toContain("(Hand 0)");
  expect(await change({ set: { word: "Again" } })).toMatchObject({ status: 200 });
  expect(await written()).toContain("(Again 0)");
});

it("the command line shows and changes them, in the server that runs and without one", { timeout: 300_000 }, async () => {
  const [home, work] = [scratch("home"), scratch("work")];
  const env = cleanEnv(home);
  const run = (...args: string[]) => orrery(args, env);
  const file = join(work, "signature.tgz");
  await writeFile(file, await packed());
  expect((await run("plugin", "install", file, "--allow-unsigned", "--grant", "none")).code).toBe(0);
  const at = `pluginConfig.${id}`;
  expect((await run("config", "set", `${at}.word`, "12")).stdout).toBe(`${at}.word is now 12\n`);
  expect((await run("config", "set", `${at}.key`, secret)).stdout).toBe(`${at}.key is set\n`);
  const wrong = await run("config", "set", `${at}.times`, "4");
  expect(wrong).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/SETTINGS_INVALID.*times of acme\.signature: expected a whole number from 1 to 3, and was given 4\n.*orrery plugin inspect/),
  });
  expect((await run("config", "set", `${at}.word`, "Boom")).stderr).toMatch(/SETTINGS_REFUSED.*goes on with those it had.*no such word/);
  expect((await run("config", "set", `${at}.wrod`, "x")).stderr).toMatch(/SETTING_UNKNOWN.*\n.*It has: key, times, word/);
  expect((await run("config", "set", "pluginConfig.acme.nobody.word", "x")).stderr).toContain("CONFIG_UNKNOWN");
  const inspected = await run("plugin", "inspect", id);
  expect(inspected.stdout).toMatch(/word +12 +text of 1 to 20 characters +Signed +What it writes/);
  expect(inspected.stdout).toMatch(/key +\(set, and not shown\)/);
  expect(JSON.parse((await run("plugin", "inspect", id, "--json")).stdout).settings).toMatchObject([
    { name: "key", set: true },
    { default: 1 },
    { name: "word", value: "12" },
  ]);
  expect((await run("config", "get", `${at}.times`)).stdout).toBe("1\n");
  const all = await run("config", "get");
  for (const { stdout } of [inspected, all, await run("config", "get", at), await run("config", "get", "pluginConfig", "--json")]) {
    expect(stdout).toContain("12");
    expect(stdout).not.toContain(secret);
  }

  const server = start(["serve", "--port", "0"], env);
  let said = "";
  server.stdout?.on("data", (text: string) => {
    said += text;
  });
  await vi.waitFor(() => expect(said).toContain("The API:"), { timeout: 60_000 });
  expect((await run("config", "set", `${at}.word`, "Served")).stdout).toBe(`${at}.word is now Served\n`);
  expect((await run("config", "set", `${at}.word`, "Boom")).stderr).toMatch(/SETTINGS_REFUSED.*no such word/);
  expect((await run("config", "unset", `${at}.key`)).stdout).toBe(`${at}.key is now not set\n`);
  expect(JSON.parse((await run("config", "get", at, "--json")).stdout)).toEqual({ [`${at}.key`]: null, [`${at}.times`]: 1, [`${at}.word`]: "Served" });
  const audited = await run("plugin", "audit", id);
  expect(audited.stdout, audited.stderr).toContain('me changed its settings: word = "Served", was "12"');
  expect((await run("config", "unset", at)).code).toBe(0);
  server.kill("SIGTERM");
  await server.done;
  expect(JSON.parse(await readFile(join(home, "config.json"), "utf8"))).toEqual({ pluginConfig: {} });
});
