import { json } from "@orrery/sdk";
import { z } from "zod";
import { failurePolicy } from "../kit/index.ts";
import { formatProblem } from "./red-flag.ts";

const template = z.string().min(1).max(20_000);

export const makerConfig = z.strictObject({
  /** The steps in order: what the agent of each is told. `{state}` stands for the answer of the step before, `{task}` for the task, `{step}` and `{steps}` for numbers. */
  steps: z.array(template).min(1).max(100_000).optional(),
  /** The same for many steps alike: one text for all of them. */
  repeat: z.strictObject({ times: z.int().min(1).max(2_000_000), task: template }).optional(),
  /** A task whose decomposition is known. */
  generate: z.strictObject({ name: z.literal("hanoi"), disks: z.int().min(1).max(20) }).optional(),
  /** `{state}` of the first step. */
  initial: z.string().max(100_000).default(""),
  /** How often a vote is for the right answer rather than for the runner-up. Assumed until it is measured: see `calibrate`. */
  p: z.number().max(1).default(0.9),
  /** The share of samples that is not red-flagged. */
  unflagged: z.number().gt(0).max(1).default(1),
  /** The chance wanted that every step is right; the margin follows from it. */
  target: z.number().gt(0).lt(1).default(0.95),
  /** The margin, where it is not to follow from `p` and `target`. */
  k: z.int().min(1).max(1_000).optional(),
  /** Measures `p` and `unflagged` first, on questions whose answers are known. */
  calibrate: z
    .strictObject({
      questions: z
        .array(z.strictObject({ task: template, answer: z.string() }))
        .min(1)
        .max(1_000),
      samples: z.int().min(1).max(100).default(5),
    })
    .optional(),
  /** Samples of one step after which it is undecided, and the run ends. Ten times the votes expected when absent. */
  maxSamples: z.int().min(1).max(10_000).optional(),
  /** 0–2, for all samples of a step but the first, which is drawn at 0. */
  temperature: z.number().min(0).max(2).default(0.1),
  /** What a sample must be like to count: thrown away and drawn again otherwise, never repaired. */
  flags: z
    .strictObject({
      maxChars: z.int().min(1).max(1_000_000).default(10_000),
      format: z
        .union([z.literal("json"), z.strictObject({ pattern: z.string().min(1).max(500) }), z.strictObject({ schema: z.record(z.string(), json) })], {
          error: 'write "json", {"pattern": regular expression} or {"schema": JSON schema}',
        })
        .optional(),
    })
    .default({ maxChars: 10_000 }),
  /** The outcome: the last step's answer, or every step's, a blank line between. */
  outcome: z.enum(["last", "all"]).default("last"),
  /** `skip`: a failed sample is drawn again, as a flagged one. */
  ...failurePolicy("skip"),
});
export type MakerConfig = z.infer<typeof makerConfig>;
export type Format = Exclude<MakerConfig["flags"]["format"], undefined>;

/** What the schema cannot see of a maker config. */
export function problemsOf(config: MakerConfig): string[] {
  const problems: string[] = [];
  const ways = [config.steps, config.repeat, config.generate].filter((way) => way !== undefined).length;
  if (ways > 1) problems.push("config: give one of steps, repeat and generate");
  if (config.p <= 0.5)
    problems.push(
      `config.p: with ${config.p} a vote is for the wrong answer at least as often as for the right one, and no number of votes helps: make the steps smaller or take a better model until p is above 0.5`,
    );
  if (config.flags.format !== undefined) {
    const problem = formatProblem(config.flags.format);
    if (problem !== undefined) problems.push(`config.flags.format: ${problem}`);
  }
  const lost = (text: string): boolean => config.outcome === "last" && !text.includes("{state}");
  const why = 'it does not hold {state}, so nothing of the steps before would reach the outcome; write it in, or set outcome to "all"';
  config.steps?.forEach((text, i) => {
    if (i > 0 && lost(text)) problems.push(`config.steps[${i}]: ${why}`);
  });
  if (config.repeat && config.repeat.times > 1 && lost(config.repeat.task)) problems.push(`config.repeat.task: ${why}`);
  if (problems.length === 0 && config.k !== undefined && config.maxSamples !== undefined && config.maxSamples < config.k)
    problems.push(`config.maxSamples: ${config.maxSamples} samples cannot put an answer ${config.k} votes ahead`);
  return problems;
}
