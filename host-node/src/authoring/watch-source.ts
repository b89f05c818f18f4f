import { watch } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { OrreryError } from "@orrery/sdk";

const ours = /(^|[/\\])(node_modules|\.git|dist)([/\\]|$)|\.test\.[cm]?[jt]s$|\.(tgz|md)$/;

/**
 * Calls `changed` after the plugin's source changed, with when it did (as `performance.now`), one call at a time; changes while it works come together
 * in one more. Resolves once no change escapes it. Throws PLUGIN_NOT_FOUND.
 */
export async function watchSource(path: string, changed: (at: number) => Promise<void>): Promise<{ close(): Promise<void> }> {
  let timer: NodeJS.Timeout | undefined;
  let first: number | undefined;
  let working: Promise<void> = Promise.resolve();
  const note = (_event: string, name: string | null): void => {
    if (name !== null && ours.test(name)) return;
    clearTimeout(timer);
    const at = (first ??= performance.now());
    // Editors write a file in several steps.
    timer = setTimeout(() => {
      first = undefined;
      working = working.then(() => changed(at));
    }, 50);
  };
  const entry = await stat(path).catch((cause: unknown) => {
    throw new OrreryError("PLUGIN_NOT_FOUND", `there is no plugin at ${path}`, {
      todo: "Give the plugin's folder or file; `orrery create plugin NAME` makes one.",
      cause,
    });
  });
  const watcher = watch(entry.isDirectory() ? path : dirname(path), { recursive: true }, note);
  return {
    async close() {
      watcher.close();
      clearTimeout(timer);
      await working;
    },
  };
}
