import { describe, expect, it } from "vitest";
import type { KernelError } from "./errors.ts";
import { never, plugin, refusal, rig } from "./testing/fixtures.ts";

describe("a tap that misbehaves", () => {
  it("is named when it throws", async () => {
    const { kernel } = rig();
    await kernel.install(
      plugin("acme.bad", ({ tap }) => {
        tap("t.series", () => {
          throw new Error("broken");
        });
      }),
    );
    const error = await Promise.resolve(kernel.call("t.series", [])).catch((thrown: unknown) => thrown as KernelError);
    expect(error).toMatchObject({ code: "TAP_THREW", plugin: "acme.bad", hook: "t.series", cause: { message: "broken" } });
    expect((error as KernelError).message).toContain("broken");
    expect(kernel.inspect().plugins[0]?.faults).toMatchObject([{ hook: "t.series", code: "TAP_THREW" }]);
  });

  it("is named when it never settles, and its signal aborts", async () => {
    const { kernel, platform } = rig();
    let signal: AbortSignal | undefined;
    await kernel.install(
      plugin("acme.slow", ({ tap }) => {
        tap("t.series", (_, call) => {
          signal = call.signal;
          return never();
        });
      }),
    );
    const refused = refusal(() => kernel.call("t.series", []));
    await platform.advance(99);
    expect(signal?.aborted).toBe(false);
    await platform.advance(1);
    expect(await refused).toBe("TAP_DEADLINE acme.slow");
    expect(signal?.aborted).toBe(true);
  });

  it("does not hold up those after it where faults are skipped", async () => {
    const { kernel, platform } = rig();
    await kernel.install(
      plugin("acme.slow", ({ tap }) => {
        tap("t.soft", never);
      }),
    );
    await kernel.install(
      plugin("acme.thrower", ({ tap }) => {
        tap("t.soft", () => {
          throw new Error("no");
        });
      }),
    );
    await kernel.install(
      plugin("acme.good", ({ tap }) => {
        tap("t.soft", (n) => n + 1);
      }),
    );
    const result = kernel.call("t.soft", 1);
    await platform.advance(100);
    expect(await result).toBe(2);
  });

  it("has its late answer ignored", async () => {
    const { kernel, platform } = rig();
    let answer: ((n: number) => void) | undefined;
    await kernel.install(
      plugin("acme.late", ({ tap }) => {
        tap(
          "t.soft",
          () =>
            new Promise<number>((resolve) => {
              answer = resolve;
            }),
        );
      }),
    );
    const result = kernel.call("t.soft", 1);
    await platform.advance(100);
    answer?.(99);
    await platform.advance(1);
    expect(await result).toBe(1);
  });

  it("has its late rejection ignored: nothing is left unhandled", async () => {
    const { kernel, platform } = rig();
    let reject: ((error: Error) => void) | undefined;
    await kernel.install(
      plugin("acme.late", ({ tap }) => {
        tap(
          "t.soft",
          () =>
            new Promise<number>((_, no) => {
              reject = no;
            }),
        );
        tap("t.notify", (async () => {
          throw new Error("in a notify");
        }) as () => void);
      }),
    );
    const result = kernel.call("t.soft", 1);
    kernel.call("t.notify", []);
    await platform.advance(100);
    reject?.(new Error("too late"));
    await platform.advance(1);
    expect(await result).toBe(1);
    // An unhandled rejection would fail this file's run.
    expect(kernel.inspect().plugins[0]?.faults.map((fault) => fault.code)).toEqual(["TAP_THREW", "TAP_DEADLINE"]);
  });

  it.each([
    ["a function in it", { f: () => 1 }],
    ["a class instance", new Date(0)],
    [
      "a circle",
      (() => {
        const a: { a?: unknown } = {};
        a.a = a;
        return a;
      })(),
    ],
    ["a symbol", Symbol("s")],
  ])("may not answer with %s", async (_, answer) => {
    const { kernel } = rig();
    await kernel.install(
      plugin("acme.odd", ({ tap }) => {
        tap("t.bail", () => answer);
      }),
    );
    expect(await refusal(() => kernel.call("t.bail", 1))).toBe("TAP_NOT_PLAIN acme.odd");
  });

  it("may not answer with what the schema refuses", async () => {
    const { kernel } = rig();
    await kernel.install(
      plugin("acme.odd", ({ tap }) => {
        tap("t.waterfall", (() => "two") as never);
        tap("t.collect", (async () => "three") as never);
      }),
    );
    expect(await refusal(() => kernel.call("t.waterfall", 1))).toBe("TAP_ANSWER_INVALID acme.odd");
    expect(await kernel.call("t.collect", 1)).toMatchObject([{ plugin: "acme.odd", ok: false, error: { code: "TAP_ANSWER_INVALID" } }]);
  });

  it("is named and not blamed when what it throws is marked as a refusal", async () => {
    const { kernel } = rig();
    const trap = Object.defineProperty(new Error("trap"), "refusal", {
      get() {
        throw new Error("caught you");
      },
    });
    const thrown: unknown[] = [...Array.from({ length: 7 }, () => Object.assign(new Error("no"), { refusal: true })), trap];
    await kernel.install(
      plugin("acme.choosy", ({ tap }) => {
        tap("t.bail", () => {
          throw thrown.shift();
        });
      }),
    );
    for (let i = 0; i < 7; i += 1) expect(await refusal(() => kernel.call("t.bail", 1))).toBe("TAP_THREW acme.choosy");
    expect(kernel.inspect().plugins[0]).toMatchObject({ state: "active", faults: [] });
    expect(await refusal(() => kernel.call("t.bail", 1))).toBe("TAP_THREW acme.choosy");
    expect(kernel.inspect().plugins[0]?.faults.length).toBe(1);
  });

  it("is not blamed for another plugin's error that passes through it", async () => {
    const { kernel } = rig();
    await kernel.install(
      plugin("acme.inner", ({ tap }) => {
        tap("t.bail", () => {
          throw new Error("inner");
        });
      }),
    );
    await kernel.install(
      plugin("acme.outer", ({ tap, call }) => {
        tap("t.series", async () => void (await call("t.bail", 1)));
      }),
    );
    expect(await refusal(() => kernel.call("t.series", []))).toBe("TAP_THREW acme.inner");
    expect(kernel.inspect().plugins.map((each) => each.faults.length)).toEqual([1, 0]);
  });

  it.each([
    [
      "a thenable that throws",
      {
        then() {
          throw new Error("trap");
        },
      },
    ],
    [
      "a getter that throws",
      {
        get then() {
          throw new Error("trap");
        },
      },
    ],
    [
      "a thenable that answers twice and throws",
      {
        then(yes: (n: number) => void, no: (e: Error) => void) {
          no(new Error("first"));
          yes(2);
          throw new Error("third");
        },
      },
    ],
  ])("is named for %s", async (_, answer) => {
    const { kernel } = rig();
    await kernel.install(
      plugin("acme.tricky", ({ tap }) => {
        tap("t.series", (() => answer) as never);
      }),
    );
    expect(await refusal(() => kernel.call("t.series", []))).toBe("TAP_THREW acme.tricky");
  });

  it("takes nobody down in a notify hook", async () => {
    const { kernel } = rig();
    const heard: string[] = [];
    await kernel.install(
      plugin("acme.thrower", ({ tap }) => {
        tap("t.notify", () => {
          throw new Error("no");
        });
      }),
    );
    await kernel.install(
      plugin("acme.good", ({ tap }) => {
        tap("t.notify", (list) => void list.push("heard"));
      }),
    );
    kernel.call("t.notify", heard);
    expect(heard).toEqual(["heard"]);
  });
});

describe("the caller's own limits", () => {
  it("end the call when it aborts, blaming nobody", async () => {
    const { kernel } = rig();
    const controller = new AbortController();
    let inner: AbortSignal | undefined;
    await kernel.install(
      plugin("acme.slow", ({ tap }) => {
        tap("t.series", (_, call) => {
          inner = call.signal;
          return never();
        });
      }),
    );
    const refused = refusal(() => kernel.call("t.series", [], { signal: controller.signal }));
    controller.abort(new Error("changed my mind"));
    expect(await refused).toBe("CALL_ABORTED");
    expect(inner?.aborted).toBe(true);
    expect(kernel.inspect().plugins[0]?.faults).toEqual([]);
    expect(await refusal(() => kernel.call("t.series", [], { signal: controller.signal }))).toBe("CALL_ABORTED");
  });

  it("end the call at its deadline, naming who was waited for; where the hook leaves the time to the caller, that plugin is at fault", async () => {
    const { kernel, platform } = rig();
    await kernel.install(
      plugin("acme.slow", ({ tap }) => {
        tap("t.model", never);
        tap("t.series", never);
      }),
    );
    const model = refusal(() => kernel.call("t.model", 1, { deadlineMs: 50 }));
    const series = refusal(() => kernel.call("t.series", [], { deadlineMs: 60 }));
    await platform.advance(60);
    expect([await model, await series]).toEqual(["CALL_DEADLINE acme.slow", "CALL_DEADLINE acme.slow"]);
    expect(kernel.inspect().plugins[0]?.faults.map((fault) => fault.hook)).toEqual(["t.model"]);
  });

  it("refuse input the schema refuses before any tap runs, naming the plugin that called", async () => {
    const { kernel } = rig();
    let ran = 0;
    await kernel.install(
      plugin("acme.good", ({ tap }) => {
        tap("t.waterfall", () => void ran++ as never);
      }),
    );
    await kernel.install(
      plugin("acme.caller", ({ tap, call }) => {
        tap("t.series", async () => void (await call("t.waterfall", "x" as never)));
      }),
    );
    expect(await refusal(() => kernel.call("t.waterfall", "x" as never))).toBe("HOOK_INPUT_INVALID");
    expect(await refusal(() => kernel.call("t.series", []))).toBe("HOOK_INPUT_INVALID acme.caller");
    expect(ran).toBe(0);
    expect(await refusal(() => kernel.call("t.nowhere" as never, 1 as never))).toBe("HOOK_UNKNOWN");
  });
});
