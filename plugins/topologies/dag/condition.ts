import type { Json, Settled } from "@orrery/sdk";
import { z } from "zod";

const field = z.string().min(1);

/** A question an edge asks of its parent's result; data, so that a team file can hold it. */
export const condition = z.union(
  [
    /** The text has these words, whatever their case. */
    z.strictObject({ includes: z.string().min(1) }),
    /** The judges' mean is at least this; never true of what nobody judged. */
    z.strictObject({ scoreAtLeast: z.number().min(0).max(1) }),
    /** A member of the structured output (`"a.b"` for one inside another) is exactly this, or a number in this range. */
    z.strictObject({ field, equals: z.union([z.string(), z.number(), z.boolean(), z.null()]) }),
    z.strictObject({ field, atLeast: z.number() }),
    z.strictObject({ field, atMost: z.number() }),
  ],
  {
    error:
      'write one of {"includes": text}, {"scoreAtLeast": 0–1}, {"field": name, "equals": value}, {"field": name, "atLeast": n}, {"field": name, "atMost": n}',
  },
);
export type Condition = z.infer<typeof condition>;

const at = (data: Json | undefined, path: string): Json | undefined =>
  path.split(".").reduce<Json | undefined>((value, key) => {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, key)) return undefined;
    return (value as { readonly [key: string]: Json | undefined })[key];
  }, data);

export function holds(when: Condition, settled: Settled): boolean {
  if ("includes" in when) return settled.text.toLowerCase().includes(when.includes.toLowerCase());
  if ("scoreAtLeast" in when) return settled.score !== undefined && settled.score >= when.scoreAtLeast;
  const value = at(settled.data, when.field);
  if ("equals" in when) return value === when.equals;
  if (typeof value !== "number") return false;
  return "atLeast" in when ? value >= when.atLeast : value <= when.atMost;
}
