import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plugin, rig, type Rig } from "./testing/fixtures.ts";
import { turns } from "./testing/platform.ts";
import { token } from "./contract.ts";
import type { AnyPlugin } from "./contract.ts";

const tokens = [0, 1, 2, 3].map((n) => token<{ live: boolean; by: string }>(`acme.s${n}@1`));
const T = (n: number): (typeof tokens)[number] => tokens[n] as (typeof tokens)[number];

/** What the plugins under test hold outside the kernel: what an effect that outlived its scope would be seen in. */
class World {
  readonly live = new Set<string>();
  readonly wrong: string[] = [];
  made = 0;
}

/** Plugin n provides service n; some require or await the service of a lower number. Faulty ones throw when told to. */
function member(world: World, n: number, options: { requires?: number | undefined; wants?: number | undefined; fails?: boolean; version: number }): AnyPlugin {
  const need = options.requires === undefined ? {} : { need: T(options.requires) };
  return plugin(
    `acme.p${n}`,
    ({ use, tap, own, provide, when }) => {
      const key = `${n}#${++world.made}`;
      const service = { live: true, by: `acme.p${n}` };
      const effect = (label: string) => {
        world.live.add(`${key} ${label}`);
        own(label, async () => {
          await turns(1);
          world.live.delete(`${key} ${label}`);
        });
      };
      own("service mark", () => {
        service.live = false;
      });
      effect("first");
      const used = (use as { need?: { live: boolean } }).need;
      if (used && !used.live) world.wrong.push(`${key} was given a dead service`);
      own("watch", () => {
        if (used && !used.live) world.wrong.push(`${key} outlived what it requires`);
      });
      tap("t.series", (list) => {
        if (!world.live.has(`${key} first`)) world.wrong.push(`${key} tapped after its scope closed`);
        list.push(key);
      });
      tap("t.soft", () => {
        throw new Error("always");
      });
      provide(T(n), service);
      if (options.wants !== undefined)
        when({ it: T(options.wants) }, ({ use: inner, own: innerOwn }) => {
          if (!inner.it.live) world.wrong.push(`${key} opened on a dead service`);
          world.live.add(`${key} when`);
          innerOwn("inner", () => {
            world.live.delete(`${key} when`);
            if (!inner.it.live) world.wrong.push(`${key} when outlived its service`);
          });
        });
      if (options.fails) throw new Error("setup fails");
      effect("second");
    },
    { provides: [T(n)], requires: need, version: `1.0.${options.version}` },
  );
}

const step = fc.record({
  act: fc.constantFrom("install", "install", "uninstall", "replace", "suspend", "resume", "fault", "session", "end"),
  n: fc.nat(3),
  lower: fc.option(fc.nat(3), { nil: undefined }),
  when: fc.option(fc.nat(3), { nil: undefined }),
  fails: fc.nat(5).map((die) => die === 0),
  wait: fc.boolean(),
});

async function check({ kernel }: Rig, world: World): Promise<void> {
  const { plugins, services } = kernel.inspect();
  for (const each of plugins) {
    expect(["active", "suspended", "waiting", "failed"]).toContain(each.state);
    const up = each.state === "active" || each.state === "suspended";
    for (const id of each.requires) if (up) expect(services.map((service) => service.id)).toContain(id);
    if (each.state === "waiting") expect(each.waitingFor.length).toBeGreaterThan(0);
    if (!up) expect([each.effects, each.taps]).toEqual([[], []]);
  }
  const heard: string[] = [];
  await kernel.call("t.series", heard);
  // The call may have been the probe that brought a suspended one back.
  expect(heard.length).toBe(kernel.inspect().plugins.filter((each) => each.state === "active").length);
  expect(world.wrong).toEqual([]);
}

describe("any sequence of installs, replacements, faults, suspensions and sessions", () => {
  it("leaves services consistent, and no effect ever outlives its scope", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const rigged = rig({ drainMs: 50, breaker: { faults: 3, windowMs: 60_000, probeMs: 10 } });
        const { kernel, platform } = rigged;
        const world = new World();
        const open: { close(): void; call(hook: "t.series", input: string[]): Promise<void> }[] = [];
        const going: Promise<unknown>[] = [];
        for (const [version, { act, n, lower, when, fails, wait }] of steps.entries()) {
          const options = { version, fails, requires: lower !== undefined && lower < n ? lower : undefined, wants: when === n ? undefined : when };
          const id = `acme.p${n}`;
          const work =
            act === "install"
              ? kernel.install(member(world, n, options))
              : act === "replace"
                ? kernel.replace(member(world, n, options))
                : act === "uninstall"
                  ? kernel.uninstall(id)
                  : act === "suspend"
                    ? kernel.suspend(id, "test")
                    : act === "resume"
                      ? kernel.resume(id)
                      : act === "fault"
                        ? kernel.call("t.soft", 1)
                        : undefined;
          if (act === "session") open.push(kernel.session(`run ${version}`));
          if (act === "end") open.shift()?.close();
          for (const session of open) await session.call("t.series", []);
          if (work)
            going.push(
              Promise.resolve(work).catch((error: { code?: string }) =>
                expect(["PLUGIN_EXISTS", "PLUGIN_UNKNOWN", "SETUP_FAILED", "SERVICE_MISSING"]).toContain(error.code),
              ),
            );
          if (!wait) continue;
          await Promise.all([...going, platform.advance(20)]);
          await check(rigged, world);
        }
        await Promise.all([...going, platform.advance(20)]);
        await check(rigged, world);
        for (const session of open) session.close();
        await kernel.close();
        expect(world.wrong).toEqual([]);
        expect(Array.from(world.live)).toEqual([]);
        expect(platform.timers).toBe(0);
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});

describe("a thousand reloads", () => {
  it("leave the kernel holding what it held after one: taps, listeners, effects, services, timers", async () => {
    const { kernel, platform } = rig();
    const world = new World();
    const count = (): unknown => {
      const { plugins, services } = kernel.inspect();
      return {
        taps: ["t.series", "t.soft"].map((hook) => kernel.explain(hook).taps.length),
        effects: plugins.map((each) => each.effects),
        services,
        live: world.live.size,
        timers: Math.min(platform.timers, 1),
      };
    };
    await kernel.install(member(world, 0, { version: 0 }));
    await kernel.install(member(world, 1, { version: 0, requires: 0, wants: 2 }));
    await kernel.install(member(world, 2, { version: 0 }));
    await kernel.replace(member(world, 0, { version: 1 }));
    const once = count();
    for (let n = 0; n < 500; n++) {
      await kernel.replace(member(world, 0, { version: n }));
      await kernel.uninstall("acme.p2");
      await kernel.install(member(world, 2, { version: n }));
    }
    expect(count()).toEqual(once);
    expect(world.wrong).toEqual([]);
    await kernel.close();
    expect([world.live.size, platform.timers]).toEqual([0, 0]);
  });
});
