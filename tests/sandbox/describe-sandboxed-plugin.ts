import { definePlugin, EpisodicMemory, type Json, Ledger, Storage, token } from "@orrery/sdk";
import { type SandboxEngine, type SandboxLimits, type SandboxManifest, sandboxedPlugin, sandboxLimits } from "@orrery/sdk/sandbox";
import { createTestHost, samples, type TestHost } from "@orrery/sdk/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

/** A busy machine has five seconds to say that it lives, and to undo what it did. */
export const limits: SandboxLimits = { ...sandboxLimits, graceMs: 5_000, restartMs: 10 };

const base = {
  id: "acme.guest",
  version: "1.0.0",
  api: "^1.0",
  hooks: ["step.before"],
  requires: {},
  provides: [],
  capabilities: [],
} satisfies SandboxManifest;

/** What a plugin can do in a sandbox, against one engine; made with `limits` and one machine kept warm. */
export function describeSandboxedPlugin(where: string, makeEngine: () => SandboxEngine | Promise<SandboxEngine>): void {
  let engine: SandboxEngine;
  let host: TestHost;
  beforeAll(async () => {
    engine = await makeEngine();
  });
  afterEach(() => host?.close());
  afterAll(() => engine.close());

  /** A plugin whose setup has this body, installed as a stranger's. */
  async function install(body: string, over: Partial<SandboxManifest> = {}, config?: Json) {
    const manifest = { ...base, ...over };
    const refs = Object.fromEntries(Object.entries(manifest.requires).map(([name, id]) => [name, { id }]));
    const code = `export default {
    manifest: ${JSON.stringify({ id: manifest.id, version: manifest.version, api: manifest.api, capabilities: manifest.capabilities })},
    requires: ${JSON.stringify(refs)}, provides: ${JSON.stringify(manifest.provides.map((id) => ({ id })))},
    config: { "~standard": { version: 1, vendor: "test", validate: (value) => (value?.sign === undefined ? { value: { sign: "?" } } : typeof value.sign === "string" ? { value } : { issues: [{ message: "not a text", path: ["sign"] }] }) } },
    async setup({ tap, use, log, config, call, own, when, provide, find, services, session, clock, random, signal, plugin }) { ${body} },
  };`;
    return host.install(sandboxedPlugin({ manifest, code, engine, limits }), { tier: "community", ...(config === undefined ? {} : { config }) });
  }
  const lines = () => host.log.map(({ message }) => message);
  const step = async (path = "r0/ann") => (await host.call("step.before", samples.step({ path }))).path;

  describe(`a plugin in the sandbox ${where}`, () => {
    it("rewrites what passes through a hook, with its configuration, and only what its filter lets through", async () => {
      host = await createTestHost();
      const report = await install(
        'tap("step.before", (step) => ({ ...step, path: step.path + config.sign }), { filter: { path: ["r0/ann", "r0/eve"] } });',
        {},
        { sign: "!" },
      );
      expect(report).toMatchObject({ state: "active", tier: "community", taps: [{ hook: "step.before", phase: "main" }] });
      expect([await step(), await step("r0/bob")]).toEqual(["r0/ann!", "r0/bob"]);
    });

    it("is not started with a configuration its own schema refuses", async () => {
      host = await createTestHost();
      expect(await install("", {}, { sign: 7 })).toMatchObject({ state: "failed", error: { message: expect.stringContaining("sign: not a text") } });
    });

    it("keeps what it likes in its own corner", async () => {
      host = await createTestHost();
      await install(
        `const kept = use.storage.open("notes"); await kept.set("a", { n: 1 }); await kept.set("b", 2); await kept.increment("c", 3); await kept.delete("b");
       log.info(JSON.stringify([await kept.get("a"), await kept.list(""), await use.storage.open("other").get("a") ?? null]));`,
        { requires: { storage: Storage.id }, capabilities: ["storage:1KB"] },
      );
      expect(lines()).toContain('[{"n":1},[{"key":"a","value":{"n":1}},{"key":"c","value":3}],null]');
      expect(await host.kernel.service(Storage)?.open("sandbox.acme.guest").list("")).toHaveLength(2);
    });

    it("reaches the host it was granted, and the credential is put in on the host's side", async () => {
      const asked: unknown[] = [];
      const egress = {
        fetch: async (url: string, init: RequestInit, options?: object) => {
          asked.push([url, init.method, init.body ?? null, init.redirect, options]);
          return new Response('{"ok":1}', { headers: { "x-kind": "test" } });
        },
      };
      host = await createTestHost({ egress });
      await install(
        `const answer = await use.egress.fetch("https://api.example/x", { method: "POST", body: "hi" }, { credential: "acme" });
       log.info(JSON.stringify([answer.status, answer.headers.get("X-Kind"), await answer.json()]));`,
        { requires: { egress: "orrery.egress@1" }, capabilities: ["net:api.example:POST", "secrets.use:acme"] },
      );
      expect(lines()).toContain('[200,"test",{"ok":1}]');
      expect(asked).toEqual([["https://api.example/x", "POST", "hi", "error", { credential: "acme" }]]);
    });

    it("provides a service that others call, and takes it back", async () => {
      host = await createTestHost();
      const Greeter = token<{ greet(name: string): Promise<string> }>("acme.greeter@1");
      await install(
        'provide({ id: "acme.greeter@1" }, { async greet(name) { if (!name) throw Object.assign(new Error("who?"), { code: "NO_NAME" }); return "hello " + name; } });',
        { provides: [Greeter.id] },
      );
      expect(await host.kernel.service(Greeter)?.greet("ann")).toBe("hello ann");
      await expect(host.kernel.service(Greeter)?.greet("")).rejects.toMatchObject({ code: "NO_NAME", message: "who?" });
      await host.kernel.uninstall("acme.guest");
      expect(host.kernel.service(Greeter)).toBeUndefined();
    });

    it("is told when a service it waits for comes and goes", async () => {
      host = await createTestHost();
      const ledger = definePlugin({
        manifest: { id: "test.ledger", version: "1.0.0", api: "^1.0" },
        provides: [Ledger],
        setup({ provide }) {
          provide(Ledger, { committed: async (run: string) => run.length } as unknown as Ledger);
        },
      });
      await install(
        `when({ ledger: { id: "${Ledger.id}" } }, async ({ use: { ledger }, own, tap }) => {
         own("x", () => log.info("gone")); log.info("here " + (await ledger.committed("abc")));
         tap("step.before", (step) => ({ ...step, path: "with/ledger" }));
       });`,
        { capabilities: [`service.find:${Ledger.id}`] },
      );
      expect(await step()).toBe("r0/ann");
      await host.install(ledger);
      await expect.poll(lines).toContain("here 3");
      await expect.poll(() => step()).toBe("with/ledger");
      await host.kernel.uninstall("test.ledger");
      await expect.poll(lines).toContain("gone");
      await expect.poll(() => step()).toBe("r0/ann");
    });

    it("calls a hook it was granted, alone and in a session", async () => {
      host = await createTestHost();
      await install(
        `log.info("alone " + JSON.stringify(await call("model.list", { refresh: false })));
       const s = session("mine"); log.info("session " + JSON.stringify(await s.call("model.list", { refresh: false }))); s.close();`,
        { capabilities: ["hook.call:*"] },
      );
      expect(lines()).toEqual(expect.arrayContaining(["alone []", "session []"]));
    });

    it("hears that a call was given up", async () => {
      host = await createTestHost();
      await install(
        'tap("step.before", (step, { signal }) => new Promise(() => { signal.addEventListener("abort", () => log.info("given up")); log.info("called"); }));',
      );
      const stop = new AbortController();
      const asked = host.call("step.before", samples.step(), { signal: stop.signal });
      const refused = expect(asked).rejects.toMatchObject({ code: "CALL_ABORTED" });
      await expect.poll(lines).toContain("called");
      stop.abort();
      await refused;
      await expect.poll(lines).toContain("given up");
    });

    it("has the kernel's clock and the same dice for the same seed", async () => {
      const rolls: string[] = [];
      for (let i = 0; i < 2; i += 1) {
        const each = await createTestHost({ seed: 7 });
        host = each;
        await install('log.info("dice " + [random.next(), Math.random(), new Date().getFullYear() > 2020, clock.now() === Date.now()].join(" "));');
        rolls.push(lines().find((line) => line.startsWith("dice ")) ?? "");
        await each.close();
      }
      expect(rolls[0]).toMatch(/^dice 0\.\d+ 0\.\d+ true true$/);
      expect(rolls[1]).toBe(rolls[0]);
    });

    it("goes on in a new machine after it was ended once, with the taps it had", async () => {
      host = await createTestHost();
      await install('tap("step.before", (step) => { if (step.path === "r0/loop") for (;;) {} return { ...step, path: "seen" }; });');
      expect(await step()).toBe("seen");
      expect(await step("r0/loop")).toBe("r0/loop");
      expect(await step()).toBe("seen");
      expect(host.report("acme.guest")).toMatchObject({ state: "active", taps: [{ hook: "step.before" }] });
    });

    it("undoes what it did before its thread is ended, and leaves none behind", async () => {
      host = await createTestHost();
      const before = engine.workers();
      await install('own("note", async () => { await clock.sleep(1); log.info("undone"); }); tap("step.before", (step) => ({ ...step, path: "seen" }));');
      await host.kernel.uninstall("acme.guest");
      expect(lines()).toContain("undone");
      expect(await step()).toBe("r0/ann");
      await expect.poll(() => engine.workers()).toBeLessThanOrEqual(Math.max(before, 1));
      expect(host.kernel.explain("step.before").taps).toEqual([]);
    });

    it("is told what streams by, in batches, and ended when it hangs over it", async () => {
      host = await createTestHost();
      const delta = (text: string) => host.call("model.delta", { run: "r", step: "s", agent: "a", text });
      await install(
        'let seen = 0; tap("model.delta", ({ text }) => { seen += 1; if (text === "last") log.info("saw " + seen); if (text === "hang") "a".repeat(4e6).indexOf("a".repeat(2e6) + "b"); });',
        {
          hooks: ["model.delta"],
        },
      );
      for (let i = 0; i < 249; i += 1) delta("x");
      delta("last");
      await expect.poll(lines).toContain("saw 250");
      delta("hang");
      await expect.poll(() => lines().join("\n")).toContain("acme.guest was ended");
      delta("last");
      await expect.poll(lines).toContain("saw 1");
    });

    it("reads the memories of the workspace it was granted, of no other, and of no agent in it", async () => {
      const memory = definePlugin({
        manifest: { id: "test.memory", version: "1.0.0", api: "^1.0" },
        provides: [EpisodicMemory],
        setup({ provide }) {
          provide(EpisodicMemory, {
            recall: async ({ workspace }: { workspace: string }) => [workspace],
            list: async () => [],
            forget: async () => true,
          } as unknown as EpisodicMemory);
        },
      });
      host = await createTestHost({ plugins: [memory] });
      await install(
        `log.info("ours " + await use.memory.recall({ text: "x", workspace: "ours" }));
       for (const [method, query] of [["recall", { workspace: "theirs" }], ["list", { workspace: "ours", agent: "team/ada" }], ["recall", {}], ["recall"], ["forget", "id"]])
         log.info("no " + await Promise.resolve().then(() => use.memory[method](query)).catch((error) => error.code ?? "no such method"));`,
        { requires: { memory: EpisodicMemory.id }, capabilities: ["memory.read:ours"] },
      );
      expect(lines().filter((line) => /^(ours|no) /.test(line))).toEqual([
        "ours ours",
        "no CAPABILITY_DENIED",
        "no CAPABILITY_DENIED",
        "no CAPABILITY_DENIED",
        "no CAPABILITY_DENIED",
        "no no such method",
      ]);
    });

    it("cannot end a run under a code of the runner's", async () => {
      host = await createTestHost();
      const Thrower = token<{ fail(code: string): Promise<void> }>("acme.thrower@1");
      await install('provide({ id: "acme.thrower@1" }, { async fail(code) { throw Object.assign(new Error("x"), { code }); } });', { provides: [Thrower.id] });
      await expect(host.kernel.service(Thrower)?.fail("RUN_CANCELLED")).rejects.toMatchObject({ code: "TAP_THREW" });
      await expect(host.kernel.service(Thrower)?.fail("MODEL_BUSY")).rejects.toMatchObject({ code: "MODEL_BUSY" });
    });

    it("works beside 49 others", async () => {
      host = await createTestHost();
      const ids = Array.from({ length: 50 }, (_, i) => `acme.guest${i}`);
      const reports = await Promise.all(ids.map((id, i) => install(`tap("step.before", (step) => ({ ...step, path: step.path + "${i % 10}" }));`, { id })));
      expect(reports.map(({ state }) => state)).toEqual(ids.map(() => "active"));
      expect(await step("x")).toBe(`x${"0123456789".repeat(5)}`);
      await Promise.all(ids.map((id) => host.kernel.uninstall(id)));
      await expect.poll(() => engine.workers()).toBeLessThanOrEqual(1);
    });
  });
}
