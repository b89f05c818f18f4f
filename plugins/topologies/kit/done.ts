import type { Json } from "@orrery/sdk";
import type { Answer } from "./answer.ts";
import { jsonIn } from "./json-in.ts";

const member = (value: Json | undefined, name: string): Json | undefined =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as { readonly [key: string]: Json | undefined })[name] : undefined;

/** Whether who leads says that nothing more is needed: `done: true` in its structured output or in JSON of its text, or DONE as its last line. */
export function saysDone({ data, text }: Answer): boolean {
  const stated = member(data ?? undefined, "done") ?? member(jsonIn(text), "done");
  if (typeof stated === "boolean") return stated;
  return /(?:^|\n)\W*DONE\W*$/.test(text.trimEnd());
}
