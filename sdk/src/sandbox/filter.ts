import type { Json } from "@orrery/kernel";

/** Data that says which inputs a tap wants: a dotted path into the input → the value there, or a list of values. Every line must hold. */
export type TapFilter = { readonly [path: string]: string | number | boolean | null | readonly (string | number | boolean | null)[] };

/** Whether `input` is one the filter lets through. A path that leads nowhere matches `null` alone. */
export function matches(filter: TapFilter, input: unknown): boolean {
  return Object.entries(filter).every(([path, wanted]) => {
    const found = at(input, path) ?? null;
    return Array.isArray(wanted) ? wanted.includes(found as Json) : found === wanted;
  });
}

function at(input: unknown, path: string): unknown {
  let value = input;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as { readonly [key: string]: unknown })[key];
  }
  return value;
}

/** What is wrong with a filter that came as data; undefined when nothing is. */
export function filterProblem(filter: unknown): string | undefined {
  if (typeof filter !== "object" || filter === null || Array.isArray(filter)) return "a filter is an object of paths and values";
  const entries = Object.entries(filter);
  if (entries.length > 20) return "a filter has at most 20 lines";
  const plain = (value: unknown) => value === null || ["string", "number", "boolean"].includes(typeof value);
  const wrong = entries.find(([path, value]) => path.length > 200 || !(plain(value) || (Array.isArray(value) && value.length <= 100 && value.every(plain))));
  return wrong && `"${wrong[0].slice(0, 60)}" is not a path with a value or a list of values`;
}
