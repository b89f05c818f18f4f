import { readFile } from "node:fs/promises";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findSdk } from "./author-sdk.ts";

/** Lets a plugin's file import the SDK from wherever it lies: its own copy where it has one, else this installation's. Returns the undo. */
export async function resolveSdk(): Promise<() => void> {
  const folder = await findSdk();
  const { exports } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { exports: Record<string, string | { default: string }> };
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== "@orrery/sdk" && !specifier.startsWith("@orrery/sdk/")) return next(specifier, context);
      try {
        return next(specifier, context);
      } catch (error) {
        const entry = exports[`.${specifier.slice("@orrery/sdk".length)}`];
        if (entry === undefined) throw error;
        return { url: pathToFileURL(join(folder, typeof entry === "string" ? entry : entry.default)).href, shortCircuit: true };
      }
    },
  });
  return () => hooks.deregister();
}
