import { describe, expect, expectTypeOf, it } from "vitest";
import type { Collected, GuardOutcome } from "./contract.ts";
import type { PluginContext } from "./contract.ts";
import type { Portable } from "./contract.ts";
import { rig, type TestHooks } from "./testing/fixtures.ts";
import { token } from "./contract.ts";

describe("types", () => {
  it("follow from the hook's name and the tokens, checked by the compiler", async () => {
    const { kernel } = rig();
    expectTypeOf(kernel.call("t.guard", 1)).toEqualTypeOf<Promise<GuardOutcome>>();
    expectTypeOf(kernel.call("t.collect", 1)).toEqualTypeOf<Promise<readonly Collected<number>[]>>();
    expectTypeOf(kernel.call("t.notify", [])).toEqualTypeOf<void>();
    const Ledger = token<{ spent(run: string): number }>("acme.ledger@1");
    type Context = PluginContext<TestHooks, { ledger: typeof Ledger }>;
    expectTypeOf<Context["use"]["ledger"]["spent"]>().returns.toEqualTypeOf<number>();
    const taps = ({ tap }: Context): void => {
      tap("t.waterfall", (n) => n + 1);
      // @ts-expect-error a waterfall over numbers does not answer with text
      tap("t.waterfall", () => "one");
      // @ts-expect-error a guard gives a reason when it denies
      tap("t.guard", () => ({ decision: "deny" }));
      // @ts-expect-error there is no such hook
      tap("t.nowhere", () => undefined);
    };
    expect(taps).toBeTypeOf("function");
    // @ts-expect-error input of the wrong type
    await kernel.call("t.series", 5);
  });

  it("let only plain data be portable", () => {
    expectTypeOf<Portable<{ a: number; b: readonly string[] }>>().toEqualTypeOf<{ a: number; b: readonly string[] }>();
    expectTypeOf<Portable<{ f: () => void }>["f"]>().toEqualTypeOf<never>();
    expect(true).toBe(true);
  });
});
