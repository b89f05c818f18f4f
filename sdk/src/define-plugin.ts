import type { Disposer, Manifest, PluginContext as KernelPluginContext, PluginDefinition, TapFn, TapOrder, Token } from "@orrery/kernel";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Lifecycle } from "./lifecycle.ts";
import { admitted } from "./hook-capability.ts";
import { type ModelBudget, Models, modelsFor } from "./models.ts";
import { matches, type TapFilter } from "./sandbox/filter.ts";

type Tokens = { readonly [name: string]: Token<unknown> };
/** The kernel's context, whose taps may also carry a filter: data that says which inputs they want, evaluated before the tap is called or a sandbox is crossed. */
export interface PluginContext<R extends Tokens = Tokens, Config = unknown> extends Omit<KernelPluginContext<Lifecycle, R, Config>, "tap" | "when"> {
  tap<N extends keyof Lifecycle & string>(hook: N, fn: TapFn<Lifecycle[N]>, order?: TapOrder & { readonly filter?: TapFilter }): Disposer;
  /** Opens a sub-scope whenever all the optional services are there and closes it when one goes. */
  when<W extends Tokens>(tokens: W, open: (context: PluginContext<R & W, Config>) => void | Promise<void>): Disposer;
}

/** What a plugin says of itself, also to whoever is asked to install it. */
export interface PluginManifest extends Manifest {
  /** What it would spend on models, with `model.call`. Nothing is spent that whoever installs it did not grant. */
  readonly budget?: ModelBudget & { readonly reason: string };
}

/** A plugin with its types forgotten: what a host keeps in a preset. */
export type AnyPlugin = PluginDefinition<Lifecycle, never, never> & { readonly live?: boolean };

/**
 * Types a plugin's `setup` from its manifest, `config` and `requires`, and gives its taps their filters.
 *
 * @example
 * export default definePlugin({
 *   manifest: { id: "acme.greeter", version: "1.0.0", api: "^1.0" },
 *   setup({ tap, log }) {
 *     tap("task.finish", (outcome) => log.info(`${outcome.task.text}: ${outcome.status}`));
 *   },
 * });
 */
// biome-ignore lint/complexity/noBannedTypes: {} is "no services asked for"
export function definePlugin<R extends Tokens = {}, Config = undefined>(plugin: {
  manifest: PluginManifest;
  /** Any Standard Schema; `config` in setup is its output. */
  config?: StandardSchemaV1<unknown, Config>;
  /** It asks for its settings by `liveConfig` where it needs them, and a change of them does not start it anew. For a host's own plugins. */
  live?: boolean;
  requires?: R;
  provides?: readonly Token<unknown>[];
  setup(context: PluginContext<R, Config>): void | Promise<void>;
}): AnyPlugin {
  const setup = (context: unknown) => plugin.setup(forAuthor(context as PluginContext<R, Config>, plugin.requires ?? {}));
  return { ...plugin, setup } as unknown as AnyPlugin;
}

type Tap = (input: unknown, call: unknown) => unknown;

/** The context as authors have it in every realm: taps leave alone what their filter does not let through, and questions to models are asked in the plugin's name. */
function forAuthor<C extends PluginContext>(context: C, requires: Tokens): C {
  const { tap, when, find, use } = context as unknown as {
    tap(hook: string, fn: Tap, order?: object): Disposer;
    when(tokens: Tokens, open: (context: C) => unknown): Disposer;
    find(token: Token<unknown>): unknown;
    use: { readonly [name: string]: unknown };
  };
  const named = ({ id }: Token<unknown>, service: unknown): unknown =>
    id === Models.id && service !== undefined ? modelsFor(service as Models, context.plugin.id, () => context.require("model.call")) : service;
  return Object.freeze({
    ...context,
    use: Object.freeze({ ...use, ...Object.fromEntries(Object.entries(requires).map(([name, token]) => [name, named(token, use[name])])) }),
    find: (token: Token<unknown>) => named(token, find(token)),
    tap: (hook: string, fn: Tap, order: TapOrder & { filter?: TapFilter } = {}) => {
      const { filter, ...rest } = order;
      const answer = admitted(hook, fn, context);
      if (!filter) return tap(hook, answer, rest);
      return tap(hook, (input, call) => (matches(filter, input) ? answer(input, call) : undefined), rest);
    },
    when: (tokens: Tokens, open: (context: C) => unknown) => when(tokens, (sub) => open(forAuthor(sub, { ...requires, ...tokens }))),
  }) as unknown as C;
}
