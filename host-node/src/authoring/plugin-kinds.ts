import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OrreryError } from "@orrery/sdk";
import type { PluginSample } from "@orrery/sdk/scaffold";

/** What a new plugin can begin as, and the sample plugin that shows it; the first is the scaffold's own. */
const samples = { hello: undefined, router: "frugal-router", judge: "second-opinion", observer: "work-log", tool: "word-count" } as const;
type Kind = keyof typeof samples;

export const pluginKinds = Object.keys(samples) as readonly Kind[];

// Beside the bundle, or in the workspace from this file's place.
const places = ["samples/", "../../../examples/plugins/"].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** The sample of a kind; undefined where the scaffold needs none. Throws PLUGIN_KIND_UNKNOWN, SAMPLE_MISSING. */
export async function sampleOf(kind: string): Promise<PluginSample | undefined> {
  if (!Object.hasOwn(samples, kind))
    throw new OrreryError("PLUGIN_KIND_UNKNOWN", `no plugin begins as "${kind.slice(0, 80)}"`, { todo: `There are: ${pluginKinds.join(", ")}.` });
  const name = samples[kind as Kind];
  if (name === undefined) return undefined;
  for (const place of places) {
    const read = (file: string) => readFile(join(place, file), "utf8").catch(() => undefined);
    const [code, test] = await Promise.all([read(`${name}.js`), read(`${name}.test.js`)]);
    if (code !== undefined && test !== undefined) return { name, code, test };
  }
  throw new OrreryError("SAMPLE_MISSING", `this installation has no sample ${name}`, { todo: "Install it again." });
}
