import type { Json } from "../json.ts";

/** One thing a plugin is configured with, as a person is told of it. Plain data. */
export interface PackageSetting {
  readonly name: string;
  /** What it takes, in words: `text`, `a whole number`, `"warm" or "cold"`. */
  readonly takes: string;
  /** What holds when nothing is said; absent where there is nothing, or none is needed. */
  readonly default?: Json;
  /** Without it the plugin does not start. */
  readonly needed: boolean;
  readonly description?: string;
}
type Schema = { readonly [key: string]: Json | undefined };

const most = 50;
const object = (value: Json | undefined): value is Schema => typeof value === "object" && value !== null && !Array.isArray(value);

/** The members of a configuration that a JSON Schema describes; those of its first level, at most 50. */
export function packageSettings(schema: Schema | undefined): readonly PackageSetting[] {
  if (!object(schema?.["properties"])) return [];
  const needed = Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.entries(schema["properties"])
    .slice(0, most)
    .flatMap(([name, member]) => {
      if (!object(member)) return [];
      const { default: usual, description } = member;
      return [
        {
          name,
          takes: taken(member),
          ...(usual === undefined ? {} : { default: usual }),
          needed: usual === undefined && needed.includes(name),
          ...(typeof description === "string" ? { description } : {}),
        },
      ];
    });
}

const words: { readonly [type: string]: string } = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  null: "null",
};

function taken(schema: Schema): string {
  const { type, enum: values, const: only, anyOf } = schema;
  if (only !== undefined) return JSON.stringify(only);
  const choices = Array.isArray(values) ? values.map((each) => JSON.stringify(each)) : Array.isArray(anyOf) ? anyOf.filter(object).map(taken) : [];
  if (choices.length > 0) return [...new Set(choices)].join(" or ").slice(0, 200);
  return (typeof type === "string" ? words[type] : undefined) ?? "anything";
}
