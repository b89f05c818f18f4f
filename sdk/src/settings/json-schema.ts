import type { Json } from "../json.ts";

/** A JSON Schema (2020-12) as data: a stranger may have written it. */
export type JsonSchema = { readonly [key: string]: Json | undefined };

export const isObject = (value: unknown): value is { readonly [key: string]: Json } => typeof value === "object" && value !== null && !Array.isArray(value);

/** The schema behind a reference within the same document; itself where it is none, or leads nowhere. */
export function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let at = schema;
  for (let turns = 0; turns < 10 && typeof at["$ref"] === "string"; turns += 1) {
    const next = at["$ref"]
      .replace(/^#\/?/, "")
      .split("/")
      .filter(Boolean)
      .reduce<Json | undefined>((place, key) => (isObject(place) && Object.hasOwn(place, key) ? place[key] : undefined), root as Json);
    if (!isObject(next)) return at;
    at = next;
  }
  return at;
}

/** A value that is written and not shown again: by `writeOnly` or `format: "password"`, in it or in anything it holds. */
export function isSecret(schema: Json | JsonSchema | undefined, depth = 0): boolean {
  if (typeof schema !== "object" || schema === null || depth > 20) return false;
  if (!isObject(schema)) return Object.values(schema).some((each) => isSecret(each, depth + 1));
  if (schema["writeOnly"] === true || schema["format"] === "password") return true;
  return Object.values(schema).some((each) => isSecret(each, depth + 1));
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

/** What a value may be, in words: `text`, `a whole number from 1 to 10`, `"warm" or "cold"`. */
export function taken(schema: JsonSchema): string {
  const { type, enum: values, const: only, anyOf } = schema;
  if (only !== undefined) return JSON.stringify(only);
  const choices = Array.isArray(values) ? values.map((each) => JSON.stringify(each)) : Array.isArray(anyOf) ? anyOf.filter(isObject).map(taken) : [];
  if (choices.length > 0) return [...new Set(choices)].join(" or ").slice(0, 200);
  const word = typeof type === "string" ? words[type] : undefined;
  if (word === undefined) return "anything";
  const items = type === "array" && isObject(schema["items"]) ? taken(schema["items"]) : undefined;
  return `${word}${items === undefined || items === "anything" ? "" : ` of ${items}`}${bounds(schema)}`.slice(0, 200);
}

/** A bound that says something: the ends of what a number can hold say nothing. */
const bound = (value: Json | undefined): number | undefined => (typeof value === "number" && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined);

function bounds(schema: JsonSchema): string {
  const of = (key: string): number | undefined => bound(schema[key]);
  const [above, below] = [of("exclusiveMinimum"), of("exclusiveMaximum")];
  const told = [
    range(of("minimum"), of("maximum")).replace(/^of (?=.* to )/, "from "),
    above === undefined ? "" : `above ${above}`,
    below === undefined ? "" : `below ${below}`,
    range(of("minLength"), of("maxLength"), " characters"),
    range(of("minItems"), of("maxItems"), " entries"),
  ].filter(Boolean);
  return told.length === 0 ? "" : ` ${told.join(" and ")}`;
}

function range(from: number | undefined, to: number | undefined, what = ""): string {
  if (from === undefined && to === undefined) return "";
  return from === undefined ? `of at most ${to}${what}` : to === undefined ? `of at least ${from}${what}` : `of ${from} to ${to}${what}`;
}
