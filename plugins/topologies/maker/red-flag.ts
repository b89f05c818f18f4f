import { canonicalJson, type Json } from "@orrery/sdk";
import { z } from "zod";
import type { Format, MakerConfig } from "./config.ts";

/** Repeats inside repeats, `(a+)+`, take time without end on some texts; so do alternatives inside repeats that begin alike. */
const repeatedRepeat = /\([^()]*(?:[*+}|])[^()]*\)[*+{]/;

/** What is wrong with a format, in words; undefined when it can be asked for. */
export function formatProblem(format: Format): string | undefined {
  if (format === "json") return undefined;
  try {
    if ("pattern" in format) {
      new RegExp(format.pattern, "u");
      return repeatedRepeat.test(format.pattern)
        ? "the pattern repeats something that repeats, which can take for ever on some answers; write it without"
        : undefined;
    }
    z.fromJSONSchema(format.schema as z.core.JSONSchema.JSONSchema);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function parsed(text: string): { value: Json } | undefined {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return undefined;
  }
}

/** What a sample is counted as: equal ballots are the same answer. Undefined when a red flag shows: it is over-long, or not of the form asked for. */
export function ballotOf(text: string, { maxChars, format }: MakerConfig["flags"]): string | undefined {
  const answer = text.trim();
  if (answer === "" || answer.length > maxChars) return undefined;
  if (format === undefined) return answer.normalize("NFKC").replace(/\s+/g, " ");
  if (format !== "json" && "pattern" in format) return new RegExp(`^(?:${format.pattern})$`, "u").test(answer) ? answer : undefined;
  const read = parsed(answer);
  if (!read) return undefined;
  if (format !== "json" && !z.fromJSONSchema(format.schema as z.core.JSONSchema.JSONSchema).safeParse(read.value).success) return undefined;
  return canonicalJson(read.value);
}
