import { expect, it } from "vitest";
import { type Story, story } from "./killing.ts";
import { loopRounds, loopTask } from "./tool-loop.ts";

/** How often a process is killed in all: a few in every test run, many in `npm run soak`. */
const kills = Number(process.env["ORRERY_KILLS"] ?? 15);
const perStory = 5;

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}
const ends = ({ reports }: Story) =>
  reports.map(({ task, status, output, error }) => ({ task, status, output, error })).sort((a, b) => a.task.localeCompare(b.task));

/** Every file is what its entry says, and each round of both agents with tools wrote one version. */
function whole({ reports, verified }: Story): void {
  expect(verified.filter(({ ok, unheld }) => !ok || unheld.length > 0)).toEqual([]);
  const loop = reports.find(({ task }) => task === loopTask)?.runId;
  expect(verified.find(({ run }) => run === loop)).toMatchObject({ held: 2 * loopRounds });
}

it(
  `ends every run, with the outcome it would have had, though its process is killed ${kills} times at random moments`,
  async () => {
    const undisturbed = await story(0, Math.random);
    expect(undisturbed.repeats).toBe(0);
    expect(ends(undisturbed).map(({ status }) => status)).toEqual(["accepted", "accepted", "accepted", "accepted"]);
    whole(undisturbed);
    let killed = 0;
    for (let seed = 1; killed < kills; seed++) {
      const told = await story(Math.min(perStory, kills - killed), seeded(seed));
      expect(ends(told), `seed ${seed}`).toEqual(ends(undisturbed));
      // What was in the journal when a process was killed was never asked again; what was under way, at most once a kill.
      expect(told.askedAgain, `seed ${seed}`).toEqual([]);
      expect(told.tooOften, `seed ${seed}`).toEqual([]);
      expect(told.twice, `seed ${seed}`).toEqual([]);
      // One agent at a time asks in the run with tools: in each life no more than the round that the one before was killed in.
      expect(told.loopRepeats, `seed ${seed}`).toBeLessThanOrEqual(1);
      whole(told);
      expect(told.chains.filter(({ ok }) => !ok)).toEqual([]);
      // A story that ends before it was killed as often as it should be counts for what it had.
      killed += Math.max(1, told.kills);
    }
  },
  60_000 + kills * 20_000,
);
