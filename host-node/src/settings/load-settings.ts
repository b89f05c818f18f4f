import { OrreryError } from "@orrery/sdk";
import type { z } from "zod";
import type { Home } from "../home.ts";
import { fromEnvironment, place } from "./environment.ts";
import { type Settings, settings } from "./schema.ts";
import { readJsonObject, writeJsonObject } from "./settings-file.ts";

type Nested = Record<string, unknown>;

/** Flag over environment over file over default. `flags` is nested as the schema is. Throws CONFIG_INVALID, naming the setting and where it was set. */
export function loadSettings(home: Pick<Home, "config">, env: NodeJS.ProcessEnv = process.env, flags: Nested = {}): Settings {
  const layers: [where: string, values: Nested][] = [
    [home.config, readJsonObject(home.config)],
    ["the environment", fromEnvironment(env)],
    ["the command line", flags],
  ];
  const merged = layers.reduce<Nested>((sum, [, layer]) => merge(sum, layer), {});
  const parsed = settings.safeParse(merged);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error, (path) => layers.findLast(([, layer]) => has(layer, path))?.[0] ?? home.config);
}

/** Writes one setting to the file, by its path; `undefined` takes it back to its default. Throws CONFIG_INVALID and changes nothing. */
export function saveSetting(home: Pick<Home, "config">, path: string | readonly string[], value: unknown): void {
  const file = structuredClone(readJsonObject(home.config));
  place(file, path, value);
  const parsed = settings.safeParse(file);
  if (!parsed.success) throw invalid(parsed.error, () => home.config);
  writeJsonObject(home.config, file);
}

function invalid(error: z.ZodError, source: (path: string[]) => string): OrreryError {
  const lines = error.issues.map((issue) => {
    const path = issue.path.map(String);
    const at = issue.code === "unrecognized_keys" ? [...path, ...issue.keys] : path;
    return `${at.join(".") || "it"}: ${issue.message} (in ${source(at)})`;
  });
  return new OrreryError("CONFIG_INVALID", `the settings are not valid: ${lines.join("; ")}`, {
    todo: "Correct it there; `orrery config get` shows every setting.",
  });
}

function merge(under: Nested, over: Nested): Nested {
  const result: Nested = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(result, key) ? result[key] : undefined;
    if (value === undefined) continue;
    result[key] = isNested(value) && isNested(below) ? merge(below, value) : value;
  }
  return result;
}

function has(layer: Nested, path: readonly string[]): boolean {
  let at: unknown = layer;
  for (const key of path) {
    if (!isNested(at) || !Object.hasOwn(at, key)) return false;
    at = at[key];
  }
  return path.length > 0;
}

const isNested = (value: unknown): value is Nested => typeof value === "object" && value !== null && !Array.isArray(value);
