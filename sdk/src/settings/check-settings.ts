import { type Schema, Validator } from "@cfworker/json-schema";
import { OrreryError } from "../error.ts";
import type { Json } from "../json.ts";
import { isObject, isSecret, type JsonSchema, resolved, taken } from "./json-schema.ts";
import type { SettingsValue } from "./plugin-settings.ts";

/** Characters, as JSON, that one plugin's settings may have. */
const mostChars = 100_000;
/** Schemas looked into when each reference is followed: a small document can stand for more than a life is long. */
const mostSchemas = 5_000;

export interface Described {
  readonly id: string;
  readonly schema: JsonSchema | undefined;
  /** Its schema came with a package: what it says of patterns is left to the plugin itself, which is watched while it works. */
  readonly stranger: boolean;
}

/**
 * Settings fit the schema; what is needed and not said yet is no fault of what is said. Without a schema, or with one that cannot be used here, only
 * the size is looked at: the plugin checks for itself when it starts. Throws SETTINGS_INVALID, SETTING_UNKNOWN; the value of a secret is in neither.
 */
export function assertSettings({ id, schema, stranger }: Described, value: SettingsValue): void {
  const invalid = (place: string, why: string): OrreryError =>
    new OrreryError("SETTINGS_INVALID", `${place === "" ? `the settings of ${id}` : `the setting ${place} of ${id}`}: ${why}`, {
      todo: `Nothing was changed. Its settings say what it takes: orrery plugin inspect ${id}`,
      refusal: true,
    });
  if (JSON.stringify(value).length > mostChars) throw invalid("", `they have more than ${mostChars} characters as JSON`);
  if (!schema) return;
  const unknown = unknownIn(schema, value);
  if (unknown !== undefined)
    throw new OrreryError("SETTING_UNKNOWN", `${id} has no setting "${unknown.slice(0, 100)}"`, {
      todo: `It has: ${
        Object.keys(schema["properties"] ?? {})
          .join(", ")
          .slice(0, 1_000) || "none"
      }.`,
      refusal: true,
    });
  const found = wrongIn(stranger ? (withoutPatterns(schema) as JsonSchema) : schema, value);
  if (found) throw invalid(found.place, found.why);
}

/** A name that would have no effect: the schema lists names, and does not say that there may be others. */
function unknownIn(schema: JsonSchema, value: SettingsValue): string | undefined {
  const { properties, additionalProperties: more, patternProperties } = schema;
  if (!isObject(properties) || (more !== undefined && more !== false) || patternProperties !== undefined) return undefined;
  return Object.keys(value).find((name) => !Object.hasOwn(properties, name));
}

function wrongIn(root: JsonSchema, value: SettingsValue): { readonly place: string; readonly why: string } | undefined {
  const { required: _, ...rest } = root;
  if (size(rest, root) > mostSchemas) return undefined;
  let errors: ReturnType<Validator["validate"]>["errors"];
  try {
    ({ errors } = new Validator(structuredClone(rest) as Schema, "2020-12", false).validate(structuredClone(value)));
  } catch {
    // A schema that leads nowhere, or round and round.
    return undefined;
  }
  const deepest = [...errors].sort((a, b) => pathOf(b.instanceLocation).length - pathOf(a.instanceLocation).length)[0];
  if (!deepest) return undefined;
  const path = pathOf(deepest.instanceLocation);
  const place = path.join(".").slice(0, 200);
  const [schema, given] = [schemaAt(root, path), valueAt(value, path)];
  if (deepest.keyword === "false" || deepest.keyword === "additionalProperties") return { place, why: "there is no such setting" };
  const lacks = Array.isArray(schema?.["required"]) && isObject(given) ? schema["required"].find((name) => !Object.hasOwn(given, String(name))) : undefined;
  if (lacks !== undefined) return { place, why: `"${String(lacks)}" is missing in it` };
  const words = schema && taken(schema);
  const expected = words === undefined || words === "anything" ? deepest.error : `expected ${words}${fitting(schema)}`;
  return { place, why: isSecret(schemaAt(root, path.slice(0, 1)) ?? {}) ? expected : `${expected}, and was given ${shown(given)}` };
}

/** What words for the whole do not say. */
function fitting(schema: JsonSchema | undefined): string {
  const { pattern, format, multipleOf } = schema ?? {};
  const told = [
    pattern && `that fits /${String(pattern).slice(0, 100)}/`,
    format && `in the form of ${String(format)}`,
    multipleOf && `that ${String(multipleOf)} divides`,
  ];
  return told
    .filter(Boolean)
    .map((each) => ` ${String(each)}`)
    .join(" and");
}

const shown = (value: Json | undefined): string => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
};

const pathOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => decodeURIComponent(part).replace(/~1/g, "/").replace(/~0/g, "~"));

const valueAt = (value: Json, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((at, key) => (Array.isArray(at) ? at[Number(key)] : isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), value);

function schemaAt(root: JsonSchema, path: readonly string[]): JsonSchema | undefined {
  return path.reduce<JsonSchema | undefined>((at, key) => {
    const { properties, additionalProperties: more, items } = at ?? {};
    const next = isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : isObject(more) ? more : items;
    return isObject(next) ? resolved(next, root) : undefined;
  }, root);
}

/** How many schemas are looked into, references followed; one that refers to itself counts once, for then the value says how often. */
function size(schema: JsonSchema, root: JsonSchema, open: ReadonlySet<JsonSchema> = new Set(), known = new Map<JsonSchema, number>()): number {
  const found = known.get(schema);
  if (found !== undefined) return found;
  if (open.has(schema)) return 1;
  const inside = new Set([...open, schema]);
  const target = resolved(schema, root);
  const children = [
    ...(target === schema ? [] : [target]),
    ...Object.values(schema)
      .flatMap((each) => (Array.isArray(each) ? each : [each]))
      .filter(isObject),
  ];
  const total = children.reduce((sum, child) => Math.min(sum + size(child, root, inside, known), mostSchemas + 1), 1);
  known.set(schema, total);
  return total;
}

/** A stranger's regular expression may take a lifetime over one line. */
function withoutPatterns(schema: Json | undefined, named = false): Json | undefined {
  if (Array.isArray(schema)) return schema.map((each) => withoutPatterns(each) as Json);
  if (!isObject(schema)) return schema;
  const open = !named && schema["patternProperties"] !== undefined;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]): [string, Json][] => {
      if (!named && (key === "pattern" || key === "patternProperties" || (open && /^(additional|unevaluated)Properties$/.test(key)))) return [];
      // Under these a key is a name somebody chose, and no keyword.
      const names = !named && /^(properties|\$defs|definitions|dependentSchemas)$/.test(key);
      return [[key, !named && /^(const|enum|default|examples)$/.test(key) ? value : (withoutPatterns(value, names) as Json)]];
    }),
  );
}
