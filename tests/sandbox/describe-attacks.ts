import { definePlugin, Storage } from "@orrery/sdk";
import { type Guest, type GuestListener, type SandboxEngine, type SandboxLimits, sandboxedPlugin, sandboxLimits } from "@orrery/sdk/sandbox";
import { createTestHost, samples, type TestHost } from "@orrery/sdk/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Attack, attacks, begun, done, forgeries, sourceOf } from "./attacks.ts";

const id = "evil.plugin";
const secret = "canary-7f3a";
/** The usual ones, but that what was cut off starts again soon. */
export const limits: SandboxLimits = { ...sandboxLimits, restartMs: 10 };

const bystander = definePlugin({
  manifest: { id: "good.bystander", version: "1.0.0", api: "^1.0" },
  setup({ tap }) {
    tap("step.after", (result) => ({ ...result, text: `${result.text} (seen)` }));
  },
});
const result = {
  run: "r",
  path: "p",
  attempt: 1,
  agent: "a",
  model: "m",
  text: "hi",
  usage: { inputTokens: 1, outputTokens: 1 },
  costNano: 0,
  finish: "stop",
  durationMs: 1,
} as const;

async function hostOf(plugins: Parameters<typeof createTestHost>[0] = {}): Promise<TestHost> {
  const host = await createTestHost({ deadlineMs: 8_000, plugins: [bystander], ...plugins });
  await host.kernel.service(Storage)?.open("secret").set("canary", secret);
  return host;
}

function manifestOf({ capabilities = [], hooks = ["step.before"], requires = {}, provides = [] }: Attack) {
  return { id, version: "1.0.0", api: "^1.0", capabilities, hooks, requires, provides };
}

/** Everything the host says of the plugin. */
const saidOf = (host: TestHost): string => {
  const { faults, error } = host.report(id) ?? { faults: [], error: undefined };
  return JSON.stringify([faults, error, host.log.filter(({ message }) => message.includes(id))]);
};

async function stillSound(host: TestHost): Promise<void> {
  expect(host.log.filter(({ message }) => message.startsWith("ESCAPED"))).toEqual([]);
  expect(JSON.stringify(host.log)).not.toContain(secret);
  expect(Object.keys(Object.prototype)).toEqual([]);
  for (const name of ["polluted", "polluted2", "admin"]) expect(({} as Record<string, unknown>)[name]).toBeUndefined();
  expect((await host.call("step.after", result as never)).text).toBe("hi (seen)");
}

/** The table of attacks against one engine: none gets out, the host goes on, and the one at fault is named. */
export function describeAttacks(where: string, makeEngine: () => SandboxEngine): void {
  describe(`a hostile plugin ${where}`, () => {
    let engine: SandboxEngine;
    beforeAll(() => {
      engine = makeEngine();
    });
    afterAll(() => engine.close());

    it.each(attacks.map((attack) => [attack.name, attack] as const))("%s", async (_name, attack) => {
      const host = await hostOf({ egress: { fetch: async () => new Response(secret) } });
      try {
        const report = await host.install(sandboxedPlugin({ manifest: manifestOf(attack), code: sourceOf(attack), engine, limits }), { tier: "community" });
        const step = samples.step();
        const answered = await host.call("step.before", step);
        if (report.state !== "active") expect(answered).toEqual(step);
        await stillSound(host);
        const said = host.log.map(({ message }) => message);
        // One that never came to its attack proves nothing.
        if (!attack.ends) expect(said).toContain(done);
        if (attack.setup?.includes(begun)) expect(said).toContain(begun);
        if (attack.ends) {
          await expect.poll(() => saidOf(host)).toContain(attack.ends);
          expect(saidOf(host)).toContain(id);
        }
        await host.kernel.uninstall(id);
        expect(host.report(id)).toBeUndefined();
      } finally {
        await host.close();
      }
    });

    it("three times the same, it is quarantined and its name is told", async () => {
      const stops: { plugin: string; quarantined: boolean }[] = [];
      const host = await hostOf();
      const attack: Attack = { name: "", setup: 'tap("step.before", () => { for (;;) {} });' };
      await host.install(sandboxedPlugin({ manifest: manifestOf(attack), code: sourceOf(attack), engine, limits, onStopped: (stop) => stops.push(stop) }), {
        tier: "community",
      });
      for (let i = 0; i < 4; i += 1) await host.call("step.before", samples.step());
      expect(stops.map(({ quarantined }) => quarantined)).toEqual([false, false, true]);
      expect(stops.every(({ plugin }) => plugin === id)).toBe(true);
      expect(saidOf(host)).toContain(`${id} was ended 3 times`);
      await stillSound(host);
      await host.close();
    });
  });

  describe(`a guest ${where} whose machine was broken`, () => {
    it.each(forgeries.map((forgery) => [forgery.name, forgery] as const))("sends %s, and is ended", async (_name, { texts }) => {
      const stops: string[] = [];
      const engine = forgingEngine(texts);
      const host = await hostOf();
      const code = "";
      await host.install(
        sandboxedPlugin({
          manifest: manifestOf({ name: "" }),
          code,
          engine,
          limits: { ...limits, restartMs: 60_000 },
          onStopped: ({ code: why }) => stops.push(why),
        }),
        { tier: "community" },
      );
      await host.call("step.before", samples.step());
      await expect.poll(() => stops).toEqual(["SANDBOX_VIOLATION"]);
      expect(engine.terminated()).toBe(1);
      await stillSound(host);
      await host.close();
    });
  });
}

/** Says hello and taps a hook as a plugin would, answers the first call, and then sends what it likes. */
function forgingEngine(texts: readonly unknown[]): SandboxEngine & { terminated(): number } {
  let terminated = 0;
  return {
    open: async (_source, listener: GuestListener): Promise<Guest> => {
      const say = (message: object) => listener.message(JSON.stringify(message));
      queueMicrotask(() => say({ kind: "hello", manifest: { id, version: "1.0.0", api: "^1.0" }, requires: {}, provides: [], configurable: false }));
      return {
        send(text) {
          const told = JSON.parse(text) as { kind: string } | [id: number, ...rest: unknown[]];
          if (!Array.isArray(told)) {
            if (told.kind !== "hello") return;
            say({ kind: "tap", id: 1, hook: "step.before" });
            say({ kind: "ready" });
          } else {
            queueMicrotask(() => {
              say({ kind: "reply", id: told[0], ok: true });
              for (const forged of texts) listener.message(forged as string);
            });
          }
        },
        isAlive: async () => true,
        terminate: () => {
          terminated += 1;
        },
      };
    },
    workers: () => 0,
    close: async () => undefined,
    terminated: () => terminated,
  };
}
