import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";

const ours = /(^|[/\\])(node_modules|\.git|dist)([/\\]|$)|\.test\.[cm]?[jt]s$|\.(tgz|md)$/;

/** Calls `changed` after the plugin's source changed, one call at a time; changes while it works come together in one more. */
export function watchSource(path: string, changed: () => Promise<void>): { close(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  let watcher: FSWatcher | undefined;
  let over = false;
  const note = (_event: string, name: string | null): void => {
    if (over || (name !== null && ours.test(name))) return;
    clearTimeout(timer);
    // Editors write a file in several steps.
    timer = setTimeout(() => {
      working = working.then(changed);
    }, 50);
  };
  const started = stat(path).then((entry) => {
    if (!over) watcher = watch(entry.isDirectory() ? path : dirname(path), { recursive: true }, note);
  });
  return {
    async close() {
      over = true;
      clearTimeout(timer);
      await started;
      watcher?.close();
      await working;
    },
  };
}
