import { createKernel } from "../kernel.ts";
import type { HookSpec } from "../contract.ts";
import type { Kernel, Limits, PluginChange } from "../contract.ts";
import type { AnyPlugin, PluginContext, Tokens } from "../contract.ts";
import { type TestPlatform, testPlatform } from "./platform.ts";

const numbers = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value: unknown) => (typeof value === "number" ? { value } : { issues: [{ message: `expected a number, not ${typeof value}` }] }),
  },
} as const;

/** One hook of each kind, each tap given 100 ms, over numbers or lists. */
export const hooks = {
  "t.series": { kind: "series", fault: "fail", deadlineMs: 100, doc: "series" } as HookSpec<"series", string[], undefined>,
  "t.waterfall": { kind: "waterfall", fault: "fail", deadlineMs: 100, input: numbers, doc: "waterfall" } as HookSpec<"waterfall", number, undefined>,
  "t.soft": { kind: "waterfall", fault: "skip", deadlineMs: 100, doc: "a waterfall that goes on" } as HookSpec<"waterfall", number, undefined>,
  "t.bail": { kind: "bail", fault: "fail", deadlineMs: 100, doc: "bail" } as HookSpec<"bail", number, unknown>,
  "t.model": { kind: "bail", fault: "fail", deadlineMs: "caller", doc: "bail on the caller's time" } as HookSpec<"bail", number, unknown>,
  "t.parallel": { kind: "parallel", fault: "skip", deadlineMs: 100, doc: "parallel" } as HookSpec<"parallel", string[], undefined>,
  "t.collect": { kind: "collect", fault: "skip", deadlineMs: 100, output: numbers, doc: "collect" } as HookSpec<"collect", number, number>,
  "t.guard": { kind: "guard", fault: "closed", deadlineMs: 100, empty: "allow", doc: "guard" } as HookSpec<"guard", number, undefined>,
  "t.locked": { kind: "guard", fault: "closed", deadlineMs: 100, empty: "deny", doc: "guard that denies alone" } as HookSpec<"guard", number, undefined>,
  "t.notify": { kind: "notify", fault: "skip", deadlineMs: 100, doc: "notify" } as HookSpec<"notify", string[], undefined>,
} as const;
export type TestHooks = typeof hooks;

/** A plugin of a few lines; it may call every hook. */
export function plugin<R extends Tokens>(
  id: string,
  setup: (context: PluginContext<TestHooks, R>) => void | Promise<void>,
  more: { requires?: R; provides?: AnyPlugin["provides"]; version?: string; capabilities?: string[] } = {},
): AnyPlugin {
  const { requires, provides, version = "1.0.0", capabilities = ["hook.call:*"] } = more;
  return { manifest: { id, version, api: "^1.0", capabilities }, ...(requires ? { requires } : {}), ...(provides ? { provides } : {}), setup };
}

export interface Rig {
  readonly kernel: Kernel<TestHooks>;
  readonly platform: TestPlatform;
  /** Every change so far, as `plugin: from → to`. */
  readonly changes: string[];
  state(id: string): string | undefined;
}

/** A kernel on a platform whose time stands still until moved. */
export function rig(limits: Partial<Limits> = {}): Rig {
  const platform = testPlatform();
  const kernel = createKernel({ hooks, platform, limits });
  const changes: string[] = [];
  kernel.onChange((change: PluginChange) => changes.push(`${change.plugin}: ${change.from} → ${change.to}`));
  return { kernel, platform, changes, state: (id) => kernel.inspect().plugins.find((each) => each.id === id)?.state };
}

/** The code and plugin of what `work` is refused with, as `CODE plugin`. */
export async function refusal(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (thrown) {
    const { code, plugin } = thrown as { code?: string; plugin?: string };
    return plugin === undefined ? String(code ?? thrown) : `${code} ${plugin}`;
  }
  return "nothing was refused";
}

export const never = (): Promise<never> => new Promise(() => undefined);
