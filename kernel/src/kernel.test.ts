import { describe, expect, it } from "vitest";
import type { HookTrace } from "./contract.ts";
import { createKernel } from "./kernel.ts";
import { hooks, plugin, refusal, rig } from "./testing/fixtures.ts";
import { testPlatform, turns } from "./testing/platform.ts";
import { token } from "./contract.ts";

describe("a kernel", () => {
  it("runs each kind of hook over its plugins' taps", async () => {
    const { kernel } = rig();
    await kernel.install(
      plugin("acme.one", ({ tap }) => {
        tap("t.series", (list) => void list.push("one"));
        tap("t.parallel", async (list) => {
          await turns(3);
          list.push("one");
        });
        tap("t.waterfall", (n) => n + 1);
        tap("t.bail", () => undefined);
        tap("t.collect", (n) => n * 2);
        tap("t.notify", (list) => void list.push("told"));
      }),
    );
    await kernel.install(
      plugin("acme.two", ({ tap }) => {
        tap("t.series", async (list) => void list.push("two"));
        tap("t.parallel", async (list) => void list.push("two"));
        tap("t.waterfall", async (n) => n * 10);
        tap("t.bail", async (n) => ({ got: n }));
        tap("t.bail", () => "never asked");
        tap("t.collect", () => {
          throw new Error("broken");
        });
        tap("t.collect", () => undefined);
      }),
    );
    const [series, parallel]: string[][] = [[], []];
    await kernel.call("t.series", series as string[]);
    await kernel.call("t.parallel", parallel as string[]);
    kernel.call("t.notify", series as string[]);
    expect([series, parallel]).toEqual([
      ["one", "two", "told"],
      ["two", "one"],
    ]);
    expect(await kernel.call("t.waterfall", 1)).toBe(20);
    expect(await kernel.call("t.bail", 3)).toEqual({ plugin: "acme.two", value: { got: 3 } });
    expect(await kernel.call("t.collect", 4)).toMatchObject([
      { plugin: "acme.one", ok: true, value: 8 },
      { plugin: "acme.two", ok: false, error: { code: "TAP_THREW" } },
    ]);
  });

  it("answers at once where nobody taps", async () => {
    const { kernel } = rig();
    expect(await kernel.call("t.waterfall", 7)).toBe(7);
    expect(await kernel.call("t.bail", 7)).toBeUndefined();
    expect(await kernel.call("t.collect", 7)).toEqual([]);
    expect(await kernel.call("t.series", [])).toBeUndefined();
    expect(kernel.call("t.notify", [])).toBeUndefined();
  });

  it.each([
    ["a guard that fails open", { kind: "guard", fault: "skip", deadlineMs: 1 }],
    ["a series that fails closed", { kind: "series", fault: "closed", deadlineMs: 1 }],
    ["a notify that fails", { kind: "notify", fault: "fail", deadlineMs: 1 }],
    ["no time", { kind: "series", fault: "skip", deadlineMs: 0 }],
    ["an unknown kind", { kind: "race", fault: "skip", deadlineMs: 1 }],
  ])("refuses a catalogue with %s", async (_, spec) => {
    expect(await refusal(() => createKernel({ hooks: { "t.x": { ...spec, doc: "x" } as never }, platform: testPlatform() }))).toBe("HOOK_SPEC_INVALID");
  });

  it("tells kernel.plugin of each change, and does not mind what its taps do", async () => {
    const platform = testPlatform();
    const heard: string[] = [];
    const kernel = createKernel({ hooks: { ...hooks, "kernel.plugin": { kind: "parallel", fault: "skip", deadlineMs: 100, doc: "changes" } }, platform });
    await kernel.install(
      plugin("acme.inspector", ({ tap }) => {
        tap(
          "kernel.plugin" as never,
          ((change: { plugin: string; to: string }) => {
            heard.push(`${change.plugin} ${change.to}`);
            throw new Error("an inspector that breaks");
          }) as never,
        );
      }),
    );
    await kernel.install(plugin("acme.other", () => undefined));
    await turns();
    expect(heard.slice(0, 4)).toEqual(["acme.inspector active", "acme.other installed", "acme.other activating", "acme.other active"]);
  });

  it("keeps a listener that throws from stopping anything", async () => {
    const { kernel, platform, state } = rig();
    const later: string[] = [];
    kernel.onChange(() => {
      throw new Error("no");
    });
    kernel.onChange((change) => void later.push(change.to));
    await kernel.install(plugin("acme.one", () => undefined));
    expect(state("acme.one")).toBe("active");
    expect(later).toEqual(["installed", "activating", "active"]);
    expect(platform.logged.length).toBeGreaterThan(0);
  });

  it("hands the same service over whole, whatever it is", async () => {
    const { kernel } = rig();
    const Nothing = token<null>("acme.nothing@1");
    let seen: unknown = "unset";
    await kernel.install(
      plugin(
        "acme.maker",
        ({ provide }) => {
          provide(Nothing, null);
        },
        { provides: [Nothing] },
      ),
    );
    await kernel.install(
      plugin(
        "acme.user",
        ({ use }) => {
          seen = use.nothing;
        },
        { requires: { nothing: Nothing } },
      ),
    );
    expect(seen).toBeNull();
  });
});

describe("tracing", () => {
  it("gives one record a tap and one a call while somebody listens, with plugin, session, outcome and duration", async () => {
    const { kernel, platform } = rig();
    await kernel.install(
      plugin("acme.slow", ({ tap, clock }) => {
        tap("t.soft", async (n) => {
          await clock.sleep(20);
          return n + 1;
        });
        tap("t.series", () => {
          throw new Error("no");
        });
      }),
    );
    await kernel.install(
      plugin("acme.silent", ({ tap }) => {
        tap("t.soft", () => undefined);
      }),
    );
    await kernel.call("t.waterfall", 1);
    const records: HookTrace[] = [];
    const stop = kernel.trace((record) => records.push(record));
    const done = kernel.session("run_1").call("t.soft", 1);
    await platform.advance(20);
    await done;
    await refusal(() => kernel.call("t.series", []));
    await kernel.call("t.bail", 1);
    await stop();
    await kernel.call("t.bail", 1);
    await turns();
    expect(records.map(({ call, hook, plugin: by, session, outcome, durationMs, code }) => [call, hook, by, session, outcome, durationMs, code])).toEqual([
      [1, "t.soft", "acme.slow", "run_1", "result", 20, undefined],
      [1, "t.soft", "acme.silent", "run_1", "silent", 0, undefined],
      [1, "t.soft", undefined, "run_1", "result", 20, undefined],
      [2, "t.series", "acme.slow", undefined, "error", 0, "TAP_THREW"],
      [2, "t.series", undefined, undefined, "error", 0, "TAP_THREW"],
      [3, "t.bail", undefined, undefined, "silent", 0, undefined],
    ]);
  });
});

describe("a session", () => {
  it("counts its calls by hook: how many ended, how long they took and how many failed", async () => {
    const { kernel, platform } = rig();
    await kernel.install(
      plugin("acme.slow", ({ tap, clock }) => {
        tap("t.soft", async (n) => {
          await clock.sleep(20);
          return n + 1;
        });
        tap("t.series", () => {
          throw new Error("no");
        });
      }),
    );
    const session = kernel.session("run_1");
    const calls = [session.call("t.soft", 1), session.call("t.soft", 2)];
    expect(session.tally.get("t.soft")).toBeUndefined();
    await platform.advance(20);
    await Promise.all(calls);
    await refusal(() => session.call("t.series", []));
    await session.call("t.bail", 1);
    await kernel.session("run_2").call("t.bail", 1);
    expect([session.tapped("t.soft"), session.tapped("t.bail")]).toEqual([true, false]);
    expect(Object.fromEntries(session.tally)).toEqual({
      "t.soft": { calls: 2, totalMs: 40, errors: 0 },
      "t.series": { calls: 1, totalMs: 0, errors: 1 },
      "t.bail": { calls: 1, totalMs: 0, errors: 0 },
    });
  });
});

describe("a token", () => {
  it("is its string: one made by another copy of the module is the same token", async () => {
    const { token: other }: { token: typeof token } = await import("./contract.ts?copy" as string);
    expect(other).not.toBe(token);
    const { kernel } = rig();
    let seen = "";
    await kernel.install(
      plugin(
        "acme.user",
        ({ use }) => {
          seen = use.it;
        },
        { requires: { it: token<string>("acme.it@1") } },
      ),
    );
    const theirs = other<string>("acme.it@1");
    await kernel.install(
      plugin(
        "acme.maker",
        ({ provide }) => {
          provide(theirs, "hello");
        },
        { provides: [theirs] },
      ),
    );
    expect(seen).toBe("hello");
    expect(kernel.service(theirs)).toBe("hello");
  });

  it.each(["ledger", "acme.ledger", "acme.ledger@0", "Acme.ledger@1", "acme.ledger@1.2", ""])("refuses the id %s", (id) => {
    expect(() => token(id)).toThrow(/write author\.name@major/);
  });
});
