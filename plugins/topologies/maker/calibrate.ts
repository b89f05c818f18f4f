import type { Dispatch, Settled } from "@orrery/sdk";
import type { MakerConfig } from "./config.ts";
import { ballotOf } from "./red-flag.ts";

/** What the questions with known answers have come to so far. */
export type Calibration = { right: number; wrong: number; flagged: number; waiting: string[] };

const pathOf = (question: number, sample: number): string => `calibrate/q${question}/v${sample}`;

/** Every question's samples at once: each of a single step's kind, and none sees another. */
export function questionsOf({ calibrate, temperature }: MakerConfig, agents: readonly string[]): Dispatch[] {
  if (!calibrate) return [];
  return calibrate.questions.flatMap(({ task }, question) =>
    Array.from({ length: calibrate.samples }, (_, sample) => ({
      path: pathOf(question, sample),
      agent: agents[(question + sample) % agents.length] ?? "",
      round: 0,
      inputs: [],
      task,
      bare: true,
      temperature: sample === 0 ? 0 : temperature,
    })),
  );
}

/** The measurement with one more sample; a failed one measures nothing. */
export function measured(calibration: Calibration, settled: Settled, { calibrate, flags }: MakerConfig): Calibration {
  const waiting = calibration.waiting.filter((path) => path !== settled.path);
  if (!settled.ok) return { ...calibration, waiting };
  const question = Number(/^calibrate\/q(\d+)\//.exec(settled.path)?.[1] ?? -1);
  const ballot = ballotOf(settled.text, flags);
  if (ballot === undefined) return { ...calibration, waiting, flagged: calibration.flagged + 1 };
  const right = ballot === ballotOf(calibrate?.questions[question]?.answer ?? "", flags);
  return { ...calibration, waiting, right: calibration.right + (right ? 1 : 0), wrong: calibration.wrong + (right ? 0 : 1) };
}

/** `p` and the unflagged share, by the rule of succession: a few samples never make a certainty. Every wrong answer counts as the runner-up's. */
export function accuracyOf({ right, wrong, flagged }: Calibration): { p: number; unflagged: number } {
  const valid = right + wrong;
  return { p: (right + 1) / (valid + 2), unflagged: (valid + 1) / (valid + flagged + 1) };
}
