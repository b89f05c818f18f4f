import { describe, expect, it } from "vitest";
import { never, plugin, rig } from "./testing/fixtures.ts";
import { token } from "./contract.ts";

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
