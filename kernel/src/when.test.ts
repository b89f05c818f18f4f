import { describe, expect, it } from "vitest";
import { token } from "./contract.ts";
import { plugin, rig } from "./testing/fixtures.ts";
import { turns } from "./testing/platform.ts";

const A = token<string>("acme.a@1");
const B = token<string>("acme.b@1");

describe("when", () => {
  it("opens a sub-scope while all its services are there, and closes it when one goes", async () => {
    const { kernel } = rig();
    const log: string[] = [];
    await kernel.install(
      plugin("acme.user", ({ when }) => {
        when({ a: A, b: B }, ({ use, tap, own }) => {
          log.push(`open ${use.a} ${use.b}`);
          own("inner", () => void log.push("closed"));
          tap("t.series", (list) => void list.push("with both"));
        });
      }),
    );
    const makerOf = (id: string, made: typeof A, value: string) =>
      plugin(
        id,
        ({ provide }) => {
          provide(made, value);
        },
        { provides: [made] },
      );
    await kernel.install(makerOf("acme.ma", A, "a"));
    expect(log).toEqual([]);
    await kernel.install(makerOf("acme.mb", B, "b"));
    const heard: string[] = [];
    await kernel.call("t.series", heard);
    await kernel.uninstall("acme.ma");
    await kernel.call("t.series", heard);
    expect(heard).toEqual(["with both"]);
    await kernel.install(makerOf("acme.ma", A, "a2"));
    expect(log).toEqual(["open a b", "closed", "open a2 b"]);
    await kernel.uninstall("acme.user");
    expect(log).toEqual(["open a b", "closed", "open a2 b", "closed"]);
  });

  it("on a service of a plugin that itself requires its own closes before that plugin does", async () => {
    const { kernel } = rig();
    const log: string[] = [];
    const one = (version: string) =>
      plugin(
        "acme.one",
        ({ provide, when }) => {
          provide(A, version);
          when({ b: B }, ({ own }) => {
            own("x", () => void log.push(`when of ${version} closed`));
          });
        },
        { provides: [A], version },
      );
    await kernel.install(one("1.0.0"));
    await kernel.install(
      plugin(
        "acme.two",
        ({ provide, own }) => {
          provide(B, "b");
          own("x", () => void log.push("two down"));
        },
        { requires: { a: A }, provides: [B] },
      ),
    );
    await kernel.replace(one("2.0.0"));
    expect(log).toEqual(["when of 1.0.0 closed", "two down"]);
  });

  it("that fails is noted and undone, without taking the plugin down, and tried again with another provider", async () => {
    const { kernel, state } = rig();
    let opened = 0;
    const maker = plugin(
      "acme.ma",
      ({ provide }) => {
        provide(A, "a");
      },
      { provides: [A] },
    );
    await kernel.install(maker);
    await kernel.install(
      plugin("acme.user", ({ when }) => {
        when({ a: A }, () => {
          opened++;
          throw new Error("not so");
        });
      }),
    );
    await kernel.install(plugin("acme.other", () => undefined));
    expect([opened, state("acme.user")]).toEqual([1, "active"]);
    expect(kernel.inspect().plugins[1]?.faults.map((fault) => fault.code)).toEqual(["SETUP_FAILED"]);
    await kernel.replace({ ...maker, manifest: { ...maker.manifest, version: "1.0.1" } });
    expect(opened).toBe(2);
  });

  it("follows services that come and go while their plugin stays", async () => {
    const { kernel } = rig();
    const log: string[] = [];
    let offer: (() => void) | undefined;
    let withdraw: (() => void) | undefined;
    await kernel.install(
      plugin(
        "acme.maker",
        ({ provide }) => {
          offer = () => (withdraw = provide(A, "a") as () => void);
        },
        { provides: [A] },
      ),
    );
    await kernel.install(
      plugin("acme.user", ({ when }) => {
        when({ a: A }, ({ own }) => {
          log.push("open");
          own("x", () => void log.push("closed"));
        });
      }),
    );
    offer?.();
    await turns();
    withdraw?.();
    await turns();
    expect(log).toEqual(["open", "closed"]);
  });
});
