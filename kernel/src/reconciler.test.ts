import { describe, expect, it } from "vitest";
import { never, plugin, refusal, rig } from "./testing/fixtures.ts";
import { turns } from "./testing/platform.ts";
import { token } from "./contract.ts";

const A = token<string>("acme.a@1");
const B = token<string>("acme.b@1");

describe("installing", () => {
  it("waits for services, activates once they are there, and says what it waits for", async () => {
    const { kernel, changes } = rig();
    const user = plugin(
      "acme.user",
      ({ use, provide }) => {
        provide(B, `${use.a}!`);
      },
      { requires: { a: A }, provides: [B] },
    );
    expect(await kernel.install(user)).toMatchObject({ state: "waiting", waitingFor: ["acme.a@1"], requires: ["acme.a@1"], provides: ["acme.b@1"] });
    await kernel.install(
      plugin(
        "acme.maker",
        ({ provide }) => {
          provide(A, "hello");
        },
        { provides: [A] },
      ),
    );
    expect(kernel.service(B)).toBe("hello!");
    expect(changes).toEqual([
      "acme.user: undefined → installed",
      "acme.maker: undefined → installed",
      "acme.maker: waiting → activating",
      "acme.maker: activating → active",
      "acme.user: waiting → activating",
      "acme.user: activating → active",
    ]);
    expect(kernel.inspect().services).toEqual([
      { id: "acme.a@1", by: "acme.maker" },
      { id: "acme.b@1", by: "acme.user" },
    ]);
  });

  it("refuses a circle of requirements with its path", async () => {
    const { kernel } = rig();
    await kernel.install(plugin("acme.one", () => undefined, { requires: { b: B }, provides: [A] }));
    const error = await kernel.install(plugin("acme.two", () => undefined, { requires: { a: A }, provides: [B] })).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: "REQUIRES_CYCLE" });
    expect((error as Error).message).toContain("acme.two → (acme.a@1) acme.one → (acme.b@1) acme.two");
    expect(kernel.inspect().plugins.map((each) => each.id)).toEqual(["acme.one"]);
    expect(
      await refusal(() => kernel.install(plugin("acme.self", () => undefined, { requires: { c: token("acme.c@1") }, provides: [token("acme.c@1")] }))),
    ).toBe("REQUIRES_CYCLE acme.self");
  });

  it("refuses a second plugin of the same id, a second provider, and an unknown id", async () => {
    const { kernel } = rig();
    const maker = plugin(
      "acme.maker",
      ({ provide }) => {
        provide(A, "x");
      },
      { provides: [A] },
    );
    await kernel.install(maker);
    expect(await refusal(() => kernel.install(maker))).toBe("PLUGIN_EXISTS acme.maker");
    expect(await refusal(() => kernel.install(plugin("acme.rival", () => undefined, { provides: [A] })))).toBe("SERVICE_CONFLICT acme.rival");
    expect(await refusal(() => kernel.uninstall("acme.nobody"))).toBe("PLUGIN_UNKNOWN acme.nobody");
  });

  it("reports a setup that throws as failed, and takes back all it registered", async () => {
    const { kernel } = rig();
    const log: string[] = [];
    const report = await kernel.install(
      plugin("acme.broken", ({ tap, own }) => {
        tap("t.series", (list) => void list.push("ran"));
        own("poller", () => void log.push("poller stopped"));
        throw new Error("no disk");
      }),
    );
    expect(report).toMatchObject({ state: "failed", error: { code: "SETUP_FAILED" }, effects: [], taps: [] });
    expect(report.error?.message).toContain("no disk");
    expect(log).toEqual(["poller stopped"]);
    const heard: string[] = [];
    await kernel.call("t.series", heard);
    expect(heard).toEqual([]);
  });

  it("reports a setup that never ends as failed, and refuses what it registers later", async () => {
    const { kernel, platform } = rig();
    let late: (() => void) | undefined;
    let refused: string | undefined;
    const installed = kernel.install(
      plugin("acme.slow", async ({ tap, own }) => {
        await new Promise<void>((resolve) => (late = resolve));
        refused = `${await refusal(() => tap("t.series", () => undefined))}, ${await refusal(() => own("x", () => undefined))}`;
      }),
    );
    await platform.advance(10_000);
    expect(await installed).toMatchObject({ state: "failed", error: { code: "SETUP_DEADLINE" } });
    late?.();
    await turns();
    expect(refused).toBe("SCOPE_CLOSED acme.slow, SCOPE_CLOSED acme.slow");
    expect(kernel.explain("t.series").taps).toEqual([]);
  });

  it("shows taps to nobody before setup is through", async () => {
    const { kernel } = rig();
    let finish: (() => void) | undefined;
    const installing = kernel.install(
      plugin("acme.half", async ({ tap }) => {
        tap("t.series", (list) => void list.push("ran"));
        await new Promise<void>((resolve) => (finish = resolve));
      }),
    );
    await turns();
    const heard: string[] = [];
    await kernel.call("t.series", heard);
    expect(heard).toEqual([]);
    finish?.();
    await installing;
    await kernel.call("t.series", heard);
    expect(heard).toEqual(["ran"]);
  });

  it("refuses a service the definition does not list, and an unknown hook", async () => {
    const { kernel } = rig();
    expect(
      await kernel.install(
        plugin("acme.sly", ({ provide }) => {
          provide(A, "x");
        }),
      ),
    ).toMatchObject({ state: "failed", error: { code: "SERVICE_UNDECLARED" } });
    expect(
      await kernel.install(
        plugin("acme.lost", ({ tap }) => {
          tap("t.nowhere" as never, (() => undefined) as never);
        }),
      ),
    ).toMatchObject({ state: "failed", error: { code: "HOOK_UNKNOWN" } });
    expect(
      await kernel.install(
        plugin("acme.blank", ({ tap }) => {
          tap("t.series", undefined as never);
        }),
      ),
    ).toMatchObject({ state: "failed", error: { code: "TAP_INVALID" } });
  });

  it("hands over the configuration as its schema made it, or refuses it", async () => {
    const { kernel } = rig();
    let seen: unknown;
    const config = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: async (value: unknown) => ((value as { n?: unknown }).n === "bad" ? { issues: [{ message: "too bad", path: ["n"] }] } : { value: { n: 7 } }),
      },
    } as const;
    const configured = {
      ...plugin("acme.set", (context) => {
        seen = context.config;
      }),
      config,
    };
    const error = await kernel.install(configured, { config: { n: "bad" } }).catch((thrown: unknown) => thrown as Error);
    expect((error as Error).message).toContain("n: too bad");
    expect(error).toMatchObject({ code: "CONFIG_INVALID", plugin: "acme.set" });
    await kernel.install(configured);
    expect(seen).toEqual({ n: 7 });
  });

  it("does not wait for ever for a configuration's schema, and refuses one that throws", async () => {
    const { kernel, platform, state } = rig();
    const withSchema = (id: string, validate: () => never | Promise<never>) => ({
      ...plugin(id, () => undefined),
      config: { "~standard": { version: 1, vendor: "test", validate } } as const,
    });
    const hung = refusal(() => kernel.install(withSchema("acme.hung", never)));
    const next = kernel.install(plugin("acme.next", () => undefined));
    await platform.advance(10_000);
    expect(await hung).toBe("CONFIG_INVALID acme.hung");
    await next;
    expect(state("acme.next")).toBe("active");
    const throws = withSchema("acme.throws", () => {
      throw new Error("no schema");
    });
    expect(await refusal(() => kernel.install(throws))).toBe("CONFIG_INVALID acme.throws");
  });
});

describe("uninstalling", () => {
  it("takes down those that need it first, the latest first, then everything of its own, last first", async () => {
    const { kernel, state } = rig();
    const log: string[] = [];
    const logged = (name: string) => (): void => void log.push(name);
    await kernel.install(
      plugin(
        "acme.maker",
        ({ provide, own }) => {
          own("maker 1", logged("maker 1"));
          provide(A, "x");
          own("maker 2", logged("maker 2"));
        },
        { provides: [A] },
      ),
    );
    await kernel.install(
      plugin(
        "acme.middle",
        ({ provide, own }) => {
          provide(B, "y");
          own("m", logged("middle"));
        },
        { requires: { a: A }, provides: [B] },
      ),
    );
    await kernel.install(
      plugin(
        "acme.end",
        ({ own }) => {
          own("e", logged("end"));
        },
        { requires: { b: B } },
      ),
    );
    await kernel.uninstall("acme.maker");
    expect(log).toEqual(["end", "middle", "maker 2", "maker 1"]);
    expect([state("acme.maker"), state("acme.middle"), state("acme.end")]).toEqual([undefined, "waiting", "waiting"]);
  });

  it("tells running taps to stop, waits for them a while, then answers for them", async () => {
    const { kernel, platform } = rig({ drainMs: 50 });
    const log: string[] = [];
    await kernel.install(
      plugin("acme.polite", ({ tap, own }) => {
        own("x", () => void log.push("closed"));
        tap(
          "t.model",
          (_, { signal }) =>
            new Promise((resolve) =>
              signal.addEventListener("abort", () => {
                log.push("stopping");
                resolve("done");
              }),
            ),
        );
      }),
    );
    const polite = kernel.call("t.model", 1);
    await kernel.uninstall("acme.polite");
    expect(await polite).toEqual({ plugin: "acme.polite", value: "done" });
    expect(log).toEqual(["stopping", "closed"]);
    await kernel.install(
      plugin("acme.deaf", ({ tap }) => {
        tap("t.model", never);
      }),
    );
    const deaf = refusal(() => kernel.call("t.model", 1));
    const gone = kernel.uninstall("acme.deaf");
    await platform.advance(50);
    await gone;
    expect(await deaf).toBe("PLUGIN_REVOKED acme.deaf");
  });

  it("closes the kernel in reverse order of activation, once, with every error", async () => {
    const { kernel, platform } = rig();
    const log: string[] = [];
    for (const name of ["acme.one", "acme.two"]) {
      await kernel.install(
        plugin(name, ({ own }) => {
          own("x", () => {
            log.push(name);
            throw new Error(`${name} stuck`);
          });
        }),
      );
    }
    const error = await kernel.close().catch((thrown: unknown) => thrown as AggregateError);
    expect(log).toEqual(["acme.two", "acme.one"]);
    expect((error as AggregateError).errors.length).toBe(2);
    expect(await kernel.close().catch((thrown: unknown) => thrown)).toBe(error);
    expect(await refusal(() => kernel.call("t.series", []))).toBe("KERNEL_CLOSED");
    expect(await refusal(() => kernel.install(plugin("acme.late", () => undefined)))).toBe("KERNEL_CLOSED");
    expect(platform.timers).toBe(0);
  });
});
