import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Phase } from "./contract.ts";
import { order, type Placed } from "./order.ts";
import { plugin, refusal, rig } from "./testing/fixtures.ts";

const phases: readonly Phase[] = ["guard", "main", "observe"];
const ids = ["a.a", "a.b", "a.c", "a.d", "a.e", "a.f"];

const taps = fc
  .array(
    fc.record({
      plugin: fc.constantFrom(...ids),
      phase: fc.constantFrom(...phases),
      before: fc.subarray(ids, { maxLength: 2 }),
      after: fc.subarray(ids, { maxLength: 2 }),
    }),
    { maxLength: 9 },
  )
  .map((list): Placed[] => list.map((tap, index) => ({ ...tap, installed: ids.indexOf(tap.plugin), index })));

/** Every pair the constraints and phases bind, as `from` before `to`, by position in the list. */
function bindings(list: readonly Placed[]): [number, number][] {
  const pairs: [number, number][] = [];
  for (const [i, a] of list.entries()) {
    for (const [j, b] of list.entries()) {
      if (phases.indexOf(a.phase) < phases.indexOf(b.phase)) pairs.push([i, j]);
      if (a.before.includes(b.plugin) || b.after.includes(a.plugin)) pairs.push([i, j]);
    }
  }
  return pairs;
}

/** Whether the bindings hold a circle, found by removing what nothing precedes until nothing is left. */
function contradictory(list: readonly Placed[]): boolean {
  const pairs = bindings(list);
  const left = new Set(list.keys());
  for (;;) {
    const free = Array.from(left).filter((to) => !pairs.some(([from, other]) => other === to && left.has(from)));
    if (left.size === 0) return false;
    if (free.length === 0) return true;
    for (const each of free) left.delete(each);
  }
}

describe("the order of taps", () => {
  it("satisfies every constraint, or there is a real contradiction", () => {
    fc.assert(
      fc.property(taps, (list) => {
        const found = order(list);
        if ("sides" in found) {
          expect(found.sides.length).toBeGreaterThan(1);
          return contradictory(list);
        }
        expect(found.sorted.length).toBe(list.length);
        return bindings(list).every(([from, to]) => found.sorted.indexOf(list[from] as Placed) < found.sorted.indexOf(list[to] as Placed));
      }),
      { numRuns: 3000 },
    );
  });

  it("does not depend on the order the taps are listed in", () => {
    fc.assert(
      fc.property(
        taps.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          expect(order(shuffled)).toEqual(order(list));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("is phase, then install order, where nothing is asked", () => {
    fc.assert(
      fc.property(taps, (list) => {
        const free = list.map((tap) => ({ ...tap, before: [], after: [] }));
        const found = order(free);
        const expected = free.slice().sort((a, b) => phases.indexOf(a.phase) - phases.indexOf(b.phase) || a.installed - b.installed || a.index - b.index);
        expect("sorted" in found && found.sorted).toEqual(expected);
      }),
    );
  });

  it("names both sides of a contradiction when the plugin is installed, and installs nothing", async () => {
    const { kernel } = rig();
    await kernel.install(
      plugin("acme.one", ({ tap }) => {
        tap("t.series", () => undefined, { before: ["acme.two"] });
      }),
    );
    const error = await kernel
      .install(
        plugin("acme.two", ({ tap }) => {
          tap("t.series", () => undefined, { before: ["acme.one"] });
        }),
      )
      .catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: "ORDER_CONTRADICTION", hook: "t.series" });
    expect((error as Error).message).toContain("acme.one before acme.two");
    expect((error as Error).message).toContain("acme.two before acme.one");
    expect(kernel.inspect().plugins.map((each) => each.id)).toEqual(["acme.one"]);
    expect(kernel.explain("t.series").taps.length).toBe(1);
  });

  it("refuses a constraint against the phases, or on itself", async () => {
    const { kernel } = rig();
    await kernel.install(
      plugin("acme.one", ({ tap }) => {
        tap("t.series", () => undefined, { phase: "guard" });
      }),
    );
    expect(
      await refusal(() =>
        kernel.install(
          plugin("acme.two", ({ tap }) => {
            tap("t.series", () => undefined, { before: ["acme.one"] });
          }),
        ),
      ),
    ).toBe("ORDER_CONTRADICTION");
    expect(
      await refusal(() =>
        kernel.install(
          plugin("acme.three", ({ tap }) => {
            tap("t.series", () => undefined, { after: ["acme.three"] });
          }),
        ),
      ),
    ).toBe("ORDER_CONTRADICTION");
  });

  it("can be explained, constraints on absent plugins included", async () => {
    const { kernel } = rig();
    await kernel.install(
      plugin("acme.one", ({ tap }) => {
        tap("t.series", () => undefined, { after: ["acme.two", "acme.absent"] });
      }),
    );
    await kernel.install(
      plugin("acme.two", ({ tap }) => {
        tap("t.series", () => undefined);
      }),
    );
    await kernel.install(
      plugin("acme.first", ({ tap }) => {
        tap("t.series", () => undefined, { phase: "guard" });
      }),
    );
    const { kind, fault, taps: explained } = kernel.explain("t.series");
    expect([kind, fault]).toEqual(["series", "fail"]);
    expect(explained.map((tap) => `${tap.plugin}: ${tap.because}`)).toEqual([
      "acme.first: phase guard, installed #3",
      "acme.two: phase main, installed #2",
      "acme.one: phase main, after acme.two, after acme.absent (not there), installed #1",
    ]);
  });
});
