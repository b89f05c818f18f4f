import { describe, expect, it } from "vitest";
import { createKernel, token, type AnyPlugin, type HookSpec, type PluginContext } from "./index.ts";
import { testPlatform } from "./testing/platform.ts";

const hooks = {
  "t.series": { kind: "series", fault: "fail", deadlineMs: 100, doc: "s" } as HookSpec<"series", string[], undefined>,
  "t.waterfall": { kind: "waterfall", fault: "fail", deadlineMs: 100, doc: "w" } as HookSpec<"waterfall", number, undefined>,
  "t.bail": { kind: "bail", fault: "fail", deadlineMs: 100, doc: "b" } as HookSpec<"bail", number, string>,
  "t.parallel": { kind: "parallel", fault: "skip", deadlineMs: 100, doc: "p" } as HookSpec<"parallel", string[], undefined>,
  "t.collect": { kind: "collect", fault: "skip", deadlineMs: 100, doc: "c" } as HookSpec<"collect", number, number>,
  "t.guard": { kind: "guard", fault: "closed", deadlineMs: 100, doc: "g", empty: "deny" } as HookSpec<"guard", number, undefined>,
  "t.notify": { kind: "notify", fault: "skip", deadlineMs: 100, doc: "n" } as HookSpec<"notify", string[], undefined>,
} as const;
type Hooks = typeof hooks;

const plugin = (id: string, setup: (context: PluginContext<Hooks>) => void | Promise<void>, more: Partial<AnyPlugin> = {}): AnyPlugin => ({
  manifest: { id, version: "1.0.0", api: "^1.0", capabilities: ["hook.call:*"] },
  ...more,
  setup,
});

describe("a kernel", () => {
  it("runs each kind of hook over its plugins' taps", async () => {
    const platform = testPlatform();
    const kernel = createKernel({ hooks, platform });
    const heard: string[] = [];
    await kernel.install(plugin("a.one", ({ tap }) => {
      tap("t.series", (list) => void list.push("one"));
      tap("t.waterfall", (n) => n + 1);
      tap("t.bail", () => undefined);
      tap("t.collect", (n) => n * 2);
      tap("t.guard", () => ({ decision: "allow" }));
      tap("t.notify", (list) => void list.push("told"));
    }));
    await kernel.install(plugin("a.two", ({ tap }) => {
      tap("t.series", async (list) => void list.push("two"));
      tap("t.waterfall", async (n) => n * 10);
      tap("t.bail", async (n) => `got ${n}`);
      tap("t.collect", () => { throw new Error("broken"); });
    }));
    await kernel.call("t.series", heard);
    kernel.call("t.notify", heard);
    expect(heard).toEqual(["one", "two", "told"]);
    expect(await kernel.call("t.waterfall", 1)).toBe(20);
    expect(await kernel.call("t.bail", 3)).toEqual({ plugin: "a.two", value: "got 3" });
    const collected = await kernel.call("t.collect", 4);
    expect(collected[0]).toEqual({ plugin: "a.one", ok: true, value: 8 });
    expect(collected[1]).toMatchObject({ plugin: "a.two", ok: false, error: { code: "TAP_THREW" } });
    expect((await kernel.call("t.guard", 1)).decision).toBe("allow");
    await kernel.uninstall("a.two");
    expect(await kernel.call("t.waterfall", 1)).toBe(2);
    await kernel.close();
    expect(platform.timers).toBe(0);
  });

  it("activates a plugin once what it requires is there, and takes it down first when that goes", async () => {
    const Greeting = token<{ say(): string }>("a.greeting@1");
    const kernel = createKernel({ hooks, platform: testPlatform() });
    const log: string[] = [];
    const user = await kernel.install(plugin("a.user", ({ use, own }) => {
      log.push((use as unknown as { greeting: { say(): string } }).greeting.say());
      own("x", () => void log.push("user gone"));
    }, { requires: { greeting: Greeting } }));
    expect(user).toMatchObject({ state: "waiting", waitingFor: ["a.greeting@1"] });
    await kernel.install(plugin("a.maker", ({ provide, own }) => {
      provide(Greeting, { say: () => "hello" });
      own("x", () => void log.push("maker gone"));
    }, { provides: [Greeting] }));
    expect(kernel.service(Greeting)?.say()).toBe("hello");
    await kernel.uninstall("a.maker");
    expect(log).toEqual(["hello", "user gone", "maker gone"]);
    expect(kernel.service(Greeting)).toBeUndefined();
    await kernel.close();
  });
});
