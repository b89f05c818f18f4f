import { describe, expect, it } from "vitest";
import { never, plugin, refusal, rig } from "./testing/fixtures.ts";
import { token } from "./contract.ts";

const A = token<string>("acme.a@1");
const B = token<string>("acme.b@1");
const sayer = (word: string, more: object = {}) =>
  plugin(
    "acme.sayer",
    ({ tap }) => {
      tap("t.series", (list) => void list.push(word));
    },
    { version: `1.0.${word.length}`, ...more },
  );

describe("replace", () => {
  it("swaps the versions at once and keeps the place in the order", async () => {
    const { kernel } = rig();
    await kernel.install(sayer("old"));
    await kernel.install(
      plugin("acme.second", ({ tap }) => {
        tap("t.series", (list) => void list.push("second"));
      }),
    );
    expect(await kernel.replace(sayer("newer"))).toMatchObject({ state: "active", version: "1.0.5" });
    const heard: string[] = [];
    await kernel.call("t.series", heard);
    expect(heard).toEqual(["newer", "second"]);
    expect(kernel.explain("t.series").taps.length).toBe(2);
  });

  it("leaves the old version untouched when the new one's setup, manifest or order fails", async () => {
    const { kernel, state } = rig();
    let closed = 0;
    await kernel.install(
      plugin("acme.sayer", ({ tap, own }) => {
        tap("t.series", (list) => void list.push("old"));
        own("x", () => void closed++);
      }),
    );
    await kernel.install(
      plugin("acme.second", ({ tap }) => {
        tap("t.series", () => undefined, { after: ["acme.sayer"] });
      }),
    );
    const failing = plugin("acme.sayer", ({ tap }) => {
      tap("t.series", (list) => void list.push("new"));
      throw new Error("no");
    });
    expect(await refusal(() => kernel.replace(failing))).toBe("SETUP_FAILED acme.sayer");
    expect(await refusal(() => kernel.replace({ ...failing, manifest: { ...failing.manifest, version: "one" } }))).toBe("MANIFEST_INVALID acme.sayer");
    expect(
      await refusal(() =>
        kernel.replace(
          plugin("acme.sayer", ({ tap }) => {
            tap("t.series", () => undefined, { after: ["acme.second"] });
          }),
        ),
      ),
    ).toBe("ORDER_CONTRADICTION");
    expect(await refusal(() => kernel.replace(sayer("x", { requires: { b: B } })))).toBe("SERVICE_MISSING acme.sayer");
    expect(await refusal(() => kernel.replace(plugin("acme.nobody", () => undefined)))).toBe("PLUGIN_UNKNOWN acme.nobody");
    const heard: string[] = [];
    await kernel.call("t.series", heard);
    expect([heard, closed, state("acme.sayer")]).toEqual([["old"], 0, "active"]);
  });

  it("starts those that use its services again with the new ones", async () => {
    const { kernel } = rig();
    const log: string[] = [];
    const maker = (word: string) =>
      plugin(
        "acme.maker",
        ({ provide }) => {
          provide(A, word);
        },
        { provides: [A] },
      );
    await kernel.install(maker("one"));
    await kernel.install(
      plugin(
        "acme.user",
        ({ use, own }) => {
          log.push(`with ${use.a}`);
          own("x", () => void log.push("down"));
        },
        { requires: { a: A } },
      ),
    );
    await kernel.replace(maker("two"));
    expect(log).toEqual(["with one", "down", "with two"]);
    expect(kernel.service(A)).toBe("two");
  });

  it("has no moment at which a guard is missing, neither its own nor one of those that use its services", async () => {
    const { kernel, platform } = rig();
    const deny = () => ({ decision: "deny", reason: "no" }) as const;
    const maker = (version: string) =>
      plugin(
        "acme.maker",
        async ({ provide, tap, clock, own }) => {
          await clock.sleep(10);
          provide(A, version);
          tap("t.guard", deny);
          own("slow to go", () => clock.sleep(10));
        },
        { provides: [A], version },
      );
    const first = kernel.install(maker("1.0.0"));
    await platform.advance(100);
    await first;
    const second = kernel.install(
      plugin(
        "acme.user",
        async ({ tap, clock, own }) => {
          await clock.sleep(10);
          tap("t.locked", deny);
          tap("t.guard", deny);
          own("slow to go", () => clock.sleep(10));
        },
        { requires: { a: A } },
      ),
    );
    await platform.advance(100);
    await second;
    let replaced = false;
    const swap = kernel.replace(maker("2.0.0")).then(() => {
      replaced = true;
    });
    for (let ms = 0; !replaced; ms++) {
      const outcome = await kernel.call("t.guard", 1);
      expect(outcome.reasons.filter((each) => each.decision === "deny").map((each) => each.plugin)).toEqual(["acme.maker", "acme.user"]);
      await platform.advance(1);
      expect(ms).toBeLessThan(1000);
    }
    await swap;
  });
});

describe("a session", () => {
  it("keeps the order and versions it was opened with, until it is closed", async () => {
    const { kernel } = rig();
    let closed = 0;
    await kernel.install(
      plugin("acme.sayer", ({ tap, own }) => {
        tap("t.series", (list) => void list.push("old"));
        own("x", () => void closed++);
      }),
    );
    const session = kernel.session("run_1");
    await kernel.replace(sayer("newer"));
    await kernel.install(
      plugin("acme.added", ({ tap }) => {
        tap("t.series", (list) => void list.push("added"));
      }),
    );
    const inSession: string[] = [];
    const outside: string[] = [];
    await session.call("t.series", inSession);
    await kernel.call("t.series", outside);
    expect([inSession, outside, closed]).toEqual([["old"], ["newer", "added"], 0]);
    session.close();
    await kernel.install(plugin("acme.last", () => undefined));
    expect(closed).toBe(1);
    expect(await refusal(() => session.call("t.series", []))).toBe("SESSION_CLOSED");
  });

  it("keeps a replaced version alive no longer than the drain's deadline; then its taps are skipped, its guards deny", async () => {
    const { kernel, platform } = rig({ drainMs: 500 });
    let closed = 0;
    await kernel.install(
      plugin("acme.sayer", ({ tap, own }) => {
        tap("t.series", (list) => void list.push("old"));
        tap("t.guard", () => ({ decision: "allow" }));
        own("x", () => void closed++);
      }),
    );
    const session = kernel.session("run_1");
    await kernel.replace(sayer("newer"));
    await platform.advance(499);
    const heard: string[] = [];
    await session.call("t.series", heard);
    expect([heard, closed, (await session.call("t.guard", 1)).decision]).toEqual([["old"], 0, "allow"]);
    await platform.advance(1);
    await session.call("t.series", heard);
    expect([heard, closed, (await session.call("t.guard", 1)).decision]).toEqual([["old"], 1, "deny"]);
  });

  it("skips taps of plugins uninstalled or suspended since, and their guards deny", async () => {
    const { kernel } = rig();
    for (const id of ["acme.gone", "acme.paused", "acme.stays"]) {
      await kernel.install(
        plugin(id, ({ tap }) => {
          tap("t.series", (list) => void list.push(id));
          tap("t.guard", () => undefined);
        }),
      );
    }
    const session = kernel.session("run_1");
    await kernel.uninstall("acme.gone");
    await kernel.suspend("acme.paused", "looked at");
    const heard: string[] = [];
    await session.call("t.series", heard);
    expect(heard).toEqual(["acme.stays"]);
    expect((await session.call("t.guard", 1)).reasons.map((each) => each.plugin)).toEqual(["acme.gone", "acme.paused"]);
    expect((await kernel.call("t.guard", 1)).reasons.map((each) => each.plugin)).toEqual(["acme.paused"]);
  });

  it("of a plugin closes with it", async () => {
    const { kernel } = rig();
    let call: (() => unknown) | undefined;
    await kernel.install(
      plugin("acme.runner", ({ session }) => {
        const opened = session("run_1");
        call = () => opened.call("t.series", []);
      }),
    );
    await call?.();
    expect(kernel.inspect().plugins[0]?.effects).toEqual(["session run_1"]);
    await kernel.uninstall("acme.runner");
    expect(await refusal(() => call?.())).toBe("SESSION_CLOSED acme.runner");
  });

  it("cannot keep a replaced version alive longer than the services it uses", async () => {
    const { kernel } = rig();
    const log: string[] = [];
    await kernel.install(
      plugin(
        "acme.maker",
        ({ provide, own }) => {
          provide(A, "a");
          own("x", () => void log.push("maker down"));
        },
        { provides: [A] },
      ),
    );
    const user = (version: string) =>
      plugin(
        "acme.user",
        ({ tap, own }) => {
          tap("t.series", () => undefined);
          own("x", () => void log.push(`user ${version} down`));
        },
        { requires: { a: A }, version },
      );
    await kernel.install(user("1.0.0"));
    kernel.session("run_1");
    await kernel.replace(user("2.0.0"));
    expect(log).toEqual([]);
    await kernel.uninstall("acme.maker");
    expect(log).toEqual(["user 2.0.0 down", "user 1.0.0 down", "maker down"]);
  });

  it("lets a replaced version's running tap finish", async () => {
    const { kernel } = rig();
    let finish: ((value: string) => void) | undefined;
    await kernel.install(
      plugin("acme.model", ({ tap }) => {
        tap("t.model", () => new Promise((resolve) => (finish = resolve)));
      }),
    );
    const answer = kernel.call("t.model", 1);
    await kernel.replace(
      plugin(
        "acme.model",
        ({ tap }) => {
          tap("t.model", never);
        },
        { version: "2.0.0" },
      ),
    );
    finish?.("from the old one");
    expect(await answer).toEqual({ plugin: "acme.model", value: "from the old one" });
  });
});
