import type { Settled } from "@orrery/sdk";
import fc from "fast-check";
import { expect } from "vitest";
import type { Observed, World } from "./scheduler.ts";

/** Settles in a random order; each answer is one of `words`, anew for each step, and about one step in ten fails where `failures` is set. */
export const anyVoices = (failures: boolean, words: readonly string[] = ["Yes.", "yes", "no", "it depends"]): fc.Arbitrary<World> =>
  fc
    .record({
      order: fc.infiniteStream(fc.nat()),
      said: fc.infiniteStream(fc.constantFrom(...words)),
      scores: fc.infiniteStream(fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined })),
      breaks: fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
    })
    .map(({ order, said, scores, breaks }) => ({
      pick: (waiting) => Number(order.next().value) % waiting,
      answer: ({ path }): Omit<Settled, "path" | "agent"> => {
        if (failures && breaks.next().value === 0) return { ok: false, text: "", error: { code: "BROKEN", message: `secret of ${path}` } };
        const score = scores.next().value as number | undefined;
        return { ok: true, text: String(said.next().value), ...(score === undefined ? {} : { score }) };
      },
    }));

/** Everybody says this, always. */
export const inOrder = (answer: World["answer"]): World => ({ pick: () => 0, answer });

/**
 * Rounds in step: a step of round 0 sees nothing; one of a later round sees exactly what those it `sees` said well in the round before, in that order,
 * and starts when everybody of that round has ended.
 */
export function claimRounds({ started, settled }: Observed, sees: (cell: string) => readonly string[]): void {
  const good = new Set(settled.filter((one) => one.ok).map((one) => one.path));
  for (const step of started) {
    const cell = step.path.slice(step.path.indexOf("/") + 1);
    const seen = step.round === 0 ? [] : sees(cell).map((other) => `r${step.round - 1}/${other}`);
    expect(step.inputs).toEqual(seen.filter((path) => good.has(path)));
    const earlier = started.filter((other) => other.round < step.round).map((other) => other.path);
    expect(step.after).toEqual(expect.arrayContaining(earlier.filter((path) => good.has(path))));
    expect(started.indexOf(step)).toBeGreaterThanOrEqual(earlier.length);
  }
}

/** Who failed is listed by path, and no error text is in what comes out. */
export function claimFailures({ settled, done }: Observed): void {
  expect(done.failures.map((failure) => failure.path)).toEqual(settled.filter((one) => !one.ok).map((one) => one.path));
  expect(JSON.stringify([done.text ?? "", done.facts ?? {}])).not.toContain("secret");
}
