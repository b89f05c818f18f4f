import type { Json } from "../json.ts";
import { isObject, isSecret, type JsonSchema, resolved, taken } from "../settings/json-schema.ts";

/** One thing a plugin is configured with, as a person is told of it. Plain data. */
export interface PackageSetting {
  readonly name: string;
  /** What it takes, in words: `text`, `a whole number from 1 to 10`, `"warm" or "cold"`. */
  readonly takes: string;
  /** What holds when nothing is said; absent where there is nothing, or none is needed. */
  readonly default?: Json;
  /** Without it the plugin does not start. */
  readonly needed: boolean;
  readonly description?: string;
}

const most = 50;

/** The members of a configuration that a JSON Schema describes; those of its first level, at most 50. */
export function packageSettings(schema: JsonSchema | undefined): readonly PackageSetting[] {
  return membersOf(schema).map(({ name, schema: member, needed }) => {
    const { default: usual, description } = member;
    return {
      name,
      takes: taken(member),
      ...(usual === undefined || isSecret(member) ? {} : { default: usual }),
      needed: usual === undefined && needed,
      ...(typeof description === "string" ? { description } : {}),
    };
  });
}

/** Each member with its schema, references within the document followed. */
export function membersOf(schema: JsonSchema | undefined): readonly { readonly name: string; readonly schema: JsonSchema; readonly needed: boolean }[] {
  const properties = schema?.["properties"];
  if (!schema || !isObject(properties)) return [];
  const needed = Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.entries(properties)
    .slice(0, most)
    .flatMap(([name, member]) =>
      isObject(member) ? [{ name, schema: { ...resolved(member, schema), ...plain(member) }, needed: needed.includes(name) }] : [],
    );
}

/** What stands beside a reference counts before what it leads to. */
const plain = ({ $ref: _, ...beside }: JsonSchema): JsonSchema => beside;
