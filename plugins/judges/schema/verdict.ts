import { type Schema, Validator } from "@cfworker/json-schema";
import type { Artifact, Json, Verdict } from "@orrery/sdk";

const judge = "schema";
const most = 8;

/** The structured output, or else the text read as JSON: whole, or the one fenced block in it. */
export function verdict(schema: { [key: string]: Json }, { text, data }: Pick<Artifact, "text" | "data">): Verdict {
  const value = data ?? parsed(text);
  if (value === undefined) return no(["the answer is not one JSON value"]);
  try {
    const { valid, errors } = new Validator(schema as Schema, "2020-12", false).validate(value);
    if (valid) return { judge, score: 1, decision: "accept", reasons: ["fits its schema"] };
    // The places first, then what holds them: the innermost says what is wrong.
    return no(errors.slice(-most).map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`));
  } catch (error) {
    return no([`the schema in the team file cannot be used: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

const no = (reasons: string[]): Verdict => ({ judge, score: 0, decision: "reject", reasons });

function parsed(text: string): Json | undefined {
  const fenced = /^[^`]*```(?:json)?\s*\n([\s\S]*?)\n```[^`]*$/.exec(text)?.[1];
  try {
    return JSON.parse(fenced ?? text) as Json;
  } catch {
    return undefined;
  }
}
