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

describe("guards", () => {
  it("take the strongest answer: no guard can allow for another", async () => {
    const { kernel } = rig();
    await kernel.install(
      plugin("acme.yes", ({ tap }) => {
        tap("t.guard", () => ({ decision: "allow", reason: "fine" }));
      }),
    );
    await kernel.install(
      plugin("acme.silent", ({ tap }) => {
        tap("t.guard", () => undefined);
      }),
    );
    expect((await kernel.call("t.guard", 1)).decision).toBe("allow");
    await kernel.install(
      plugin("acme.ask", ({ tap }) => {
        tap("t.guard", async () => ({ decision: "ask", reason: "is it?" }));
      }),
    );
    expect((await kernel.call("t.guard", 1)).decision).toBe("ask");
    await kernel.install(
      plugin("acme.no", ({ tap }) => {
        tap("t.guard", () => ({ decision: "deny", reason: "no" }));
      }),
    );
    await kernel.install(
      plugin("acme.yes-too", ({ tap }) => {
        tap("t.guard", () => ({ decision: "allow" }), { phase: "observe" });
      }),
    );
    const outcome = await kernel.call("t.guard", 1);
    expect(outcome.decision).toBe("deny");
    expect(outcome.reasons.map((each) => `${each.plugin} ${each.decision}`)).toEqual(["acme.yes allow", "acme.ask ask", "acme.no deny", "acme.yes-too allow"]);
  });

  it("come to what the spec says when there are none", async () => {
    const { kernel } = rig();
    expect((await kernel.call("t.guard", 1)).decision).toBe("allow");
    expect((await kernel.call("t.locked", 1)).decision).toBe("deny");
  });

  it.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["never settles", never],
    ["answers rubbish", () => ({ decision: "sure" })],
    ["denies without a reason", () => ({ decision: "deny" })],
    ["answers with a function", () => () => "allow"],
  ])("deny when one %s", async (_, tapped) => {
    const { kernel, platform } = rig();
    await kernel.install(
      plugin("acme.bad", ({ tap }) => {
        tap("t.guard", tapped as never);
      }),
    );
    const outcome = kernel.call("t.guard", 1);
    await platform.advance(100);
    expect(await outcome).toMatchObject({ decision: "deny", reasons: [{ plugin: "acme.bad", decision: "deny" }] });
  });

  it("deny while their plugin is suspended, and while what it requires is gone", async () => {
    const { token } = await import("./token.ts");
    const Rules = token<string>("acme.rules@1");
    const { kernel, state } = rig();
    const rules = plugin(
      "acme.rules",
      ({ provide }) => {
        provide(Rules, "be kind");
      },
      { provides: [Rules] },
    );
    await kernel.install(rules);
    await kernel.install(
      plugin(
        "acme.guard",
        ({ tap }) => {
          tap("t.guard", () => ({ decision: "allow" }));
        },
        { requires: { rules: Rules } },
      ),
    );
    await kernel.suspend("acme.guard", "an audit");
    expect(state("acme.guard")).toBe("suspended");
    expect((await kernel.call("t.guard", 1)).decision).toBe("deny");
    await kernel.resume("acme.guard");
    expect((await kernel.call("t.guard", 1)).decision).toBe("allow");
    await kernel.uninstall("acme.rules");
    expect(state("acme.guard")).toBe("waiting");
    expect((await kernel.call("t.guard", 1)).decision).toBe("deny");
    await kernel.install(rules);
    expect((await kernel.call("t.guard", 1)).decision).toBe("allow");
    await kernel.uninstall("acme.guard");
    expect(await kernel.call("t.guard", 1)).toEqual({ decision: "allow", reasons: [] });
  });
});

describe("the circuit breaker", () => {
  const breaker = { faults: 5, windowMs: 60_000, probeMs: 30_000 };
  const setUp = async (): Promise<{ rigged: ReturnType<typeof rig>; heal(): void }> => {
    const rigged = rig({ breaker });
    let broken = true;
    await rigged.kernel.install(
      plugin("acme.flaky", ({ tap }) => {
        tap("t.soft", (n) => {
          if (broken) throw new Error("broken");
          return n + 1;
        });
        tap("t.guard", () => ({ decision: "allow" }));
      }),
    );
    return { rigged, heal: () => void (broken = false) };
  };

  it("suspends a plugin at its fifth fault in one hook within a minute: observers are skipped, guards deny", async () => {
    const {
      rigged: { kernel, state, changes },
    } = await setUp();
    for (let n = 0; n < 4; n++) await kernel.call("t.soft", 1);
    expect(state("acme.flaky")).toBe("active");
    await kernel.call("t.soft", 1);
    expect(state("acme.flaky")).toBe("suspended");
    expect(changes.at(-1)).toBe("acme.flaky: active → suspended");
    expect((await kernel.call("t.guard", 1)).decision).toBe("deny");
    expect(await kernel.call("t.soft", 1)).toBe(1);
    expect(kernel.inspect().plugins[0]?.faults.length).toBe(5);
    expect(kernel.explain("t.soft").taps[0]?.state).toBe("suspended");
  });

  it("forgets faults older than its window", async () => {
    const {
      rigged: { kernel, platform, state },
    } = await setUp();
    for (let n = 0; n < 20; n++) {
      await kernel.call("t.soft", 1);
      await platform.advance(15_001);
    }
    expect(state("acme.flaky")).toBe("active");
  });

  it("lets one call probe after a while: an answer brings the plugin back, a fault does not", async () => {
    const {
      rigged: { kernel, platform, state },
      heal,
    } = await setUp();
    for (let n = 0; n < 5; n++) await kernel.call("t.soft", 1);
    await platform.advance(30_000);
    await kernel.call("t.soft", 1);
    expect(state("acme.flaky")).toBe("suspended");
    heal();
    expect(await kernel.call("t.soft", 1)).toBe(1);
    await platform.advance(30_000);
    expect(await kernel.call("t.soft", 1)).toBe(2);
    expect(state("acme.flaky")).toBe("active");
  });

  it("never probes what the operator suspended", async () => {
    const {
      rigged: { kernel, platform, state },
    } = await setUp();
    await kernel.suspend("acme.flaky", "by hand");
    await platform.advance(1_000_000);
    await kernel.call("t.guard", 1);
    expect(state("acme.flaky")).toBe("suspended");
  });
});
