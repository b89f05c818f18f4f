import type { Manifest, PluginContext as KernelPluginContext, PluginDefinition, Token } from "@orrery/kernel";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Lifecycle } from "./lifecycle.ts";

type Tokens = { readonly [name: string]: Token<unknown> };
export type PluginContext<R extends Tokens = Tokens, Config = unknown> = KernelPluginContext<Lifecycle, R, Config>;

/** A plugin with its types forgotten: what a host keeps in a preset. */
export type AnyPlugin = PluginDefinition<Lifecycle, never, never>;

/**
 * Types a plugin's `setup` from its manifest, `config` and `requires`, and returns the same object.
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
  manifest: Manifest;
  /** Any Standard Schema; `config` in setup is its output. */
  config?: StandardSchemaV1<unknown, Config>;
  requires?: R;
  provides?: readonly Token<unknown>[];
  setup(context: PluginContext<R, Config>): void | Promise<void>;
}): AnyPlugin {
  return plugin as unknown as AnyPlugin;
}
