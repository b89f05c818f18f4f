import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type AnyPlugin, OrreryError } from "@orrery/sdk";
import { resolveSdk } from "./resolve-sdk.ts";

/** Plugin files of the `plugins` folder, sorted, then those named in the settings. */
export async function listUserPlugins(folder: string, named: readonly string[]): Promise<string[]> {
  const there = await readdir(folder).catch(() => [] as string[]);
  const own = there.filter((name) => /\.m?js$/.test(name)).sort();
  return [...new Set([...own.map((name) => join(folder, name)), ...named.map((name) => resolve(name))])];
}

/** Imports a plugin's file; a folder means its `index.js`. It runs with this process's rights. Throws PLUGIN_NOT_FOUND or PLUGIN_INVALID, naming the file. */
export async function loadUserPlugin(path: string): Promise<AnyPlugin> {
  const found = await stat(path).catch(() => undefined);
  if (!found)
    throw new OrreryError("PLUGIN_NOT_FOUND", `there is no plugin file ${path}`, { todo: "Check the path given with --plugin or in the setting `plugins`." });
  const file = found.isDirectory() ? join(path, "index.js") : path;
  let loaded: { default?: unknown };
  const restore = await resolveSdk();
  try {
    loaded = await import(/* @vite-ignore */ pathToFileURL(file).href);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OrreryError("PLUGIN_INVALID", `the plugin ${file} cannot be loaded: ${why}`, { todo: "Correct the file, or leave it out.", cause });
  } finally {
    restore();
  }
  const plugin = loaded.default as Partial<AnyPlugin> | undefined;
  if (typeof plugin !== "object" || plugin === null || typeof plugin.setup !== "function" || typeof plugin.manifest !== "object") {
    throw new OrreryError("PLUGIN_INVALID", `${file} does not export a plugin`, { todo: "Export one: export default definePlugin({ manifest, setup })." });
  }
  return plugin as AnyPlugin;
}
