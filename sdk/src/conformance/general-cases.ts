import type { Json } from "@orrery/kernel";
import { canonicalJson } from "../journal.ts";
import type { Dispatch, Settled, TopologyExecutor } from "../topology.ts";
import { anyConfig } from "./any-config.ts";
import { essence, inAnyOrder, play, playOut, type Playing, secretOf, waitingFor } from "./play.ts";
import type { Choices } from "./random.ts";
import { hold, idsOf, type Observed, type Scene, teamOf } from "./scene.ts";

/** What a case is played with. */
export interface Stage {
  executor: TopologyExecutor;
  /** The executor as a new process would have it; the same one where it cannot be had anew. */
  anew(): Promise<TopologyExecutor>;
  scenes: readonly Scene[];
  choose: Choices;
}
export interface GeneralCase {
  name: string;
  run(stage: Stage): Promise<void>;
}

/** Names the scene in what a failure says. */
export async function inScene<T>(scene: Scene, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${scene.label}, config ${JSON.stringify(scene.config)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
const everyScene =
  (work: (stage: Stage, scene: Scene) => Promise<void>) =>
  async (stage: Stage): Promise<void> => {
    for (const scene of stage.scenes) await inScene(scene, () => work(stage, scene));
  };
const calmly = (choose: Choices, tag = "one"): Playing => ({ tag, pick: inAnyOrder(choose) });

/** The scene with failures skipped where its topology knows that setting; else as it is. */
async function tolerant(executor: TopologyExecutor, scene: Scene): Promise<Scene> {
  const { config } = scene;
  if (config === null || typeof config !== "object" || Array.isArray(config)) return scene;
  const skipping = { ...config, onAgentFailure: "skip" } as Json;
  return (await executor.check(scene.team, skipping)).length === 0 ? { ...scene, config: skipping } : scene;
}
/** Plays the scene with some agents' steps failing, as it is and with failures skipped. */
const withFailures = (work: (observed: Observed, failed: readonly Settled[], tag: string, scene: Scene) => void) =>
  everyScene(async ({ executor, choose }, scene) => {
    const failing = new Set([choose.of(idsOf(scene.team)), ...choose.some(idsOf(scene.team), 0.2)]);
    const first = scene.team.agents[0]?.id;
    const plans: ((dispatch: Dispatch) => boolean)[] = [
      ({ agent }) => agent === first,
      ({ agent }) => failing.has(agent),
      ({ round, agent }) => round > 0 && failing.has(agent),
      () => true,
    ];
    for (const [i, fails] of plans.entries()) {
      for (const one of [scene, await tolerant(executor, scene)]) {
        const tag = `failing${i}`;
        const observed = await playOut(executor, one, { ...calmly(choose, tag), fails });
        work(
          observed,
          observed.settled.filter(({ ok }) => !ok),
          tag,
          one,
        );
      }
    }
  });

/** What holds of every topology, whatever its row says. */
export const generalCases: readonly GeneralCase[] = [
  {
    name: "check answers any config with words and never throws, and start refuses what check refuses",
    async run({ executor, choose, scenes }) {
      for (let i = 0; i < 300; i += 1) {
        const { config: base = {}, team = teamOf(1 + (i % 9), choose) } = scenes.length > 0 && i % 3 > 0 ? choose.of(scenes) : {};
        const config = anyConfig(choose, base);
        const told = await executor.check(team, config);
        hold(
          Array.isArray(told) && told.every((line) => typeof line === "string" && line !== ""),
          () => `check said ${JSON.stringify(told)} of ${JSON.stringify(config)}`,
        );
        if (told.length === 0) continue;
        const started = await Promise.resolve()
          .then(() => executor.start(team, config, "a task"))
          .then(
            () => true,
            () => false,
          );
        hold(!started, () => `check refused ${JSON.stringify(config)} (${told.join("; ")}) and start took it`);
      }
    },
  },
  {
    name: "every scene of its row is taken by check",
    run: everyScene(async ({ executor }, scene) => {
      const told = await executor.check(scene.team, scene.config);
      hold(told.length === 0, `check refused it: ${told.join("; ")}`);
    }),
  },
  {
    name: "each step starts once, belongs to the team and sees settled outputs only; the state is plain data; nothing is under way at the end",
    run: everyScene(async ({ executor, choose }, scene) => {
      for (let i = 0; i < 3; i += 1) await playOut(executor, scene, calmly(choose, `run${i}`));
    }),
  },
  {
    name: "everybody sees the task, or a step of it in its place",
    run: everyScene(async ({ executor, choose }, scene) => {
      const { steps } = await playOut(executor, scene, calmly(choose));
      for (const { dispatch, view } of steps) hold(dispatch.task !== undefined || view.startsWith(scene.task), `${dispatch.path} does not see the task`);
    }),
  },
  {
    name: "the same run again makes the same moves",
    run: everyScene(async ({ executor, anew }, scene) => {
      const first = await playOut(executor, scene, { tag: "same", pick: () => 0 });
      const again = await playOut(await anew(), scene, { tag: "same", pick: () => 0 });
      hold(canonicalJson(first as unknown as Json) === canonicalJson(again as unknown as Json), "two runs with the same answers in the same order differ");
    }),
  },
  {
    name: "a run killed after any step goes on from its journal alone",
    run: everyScene(async ({ executor, anew, choose }, scene) => {
      const before: Playing["before"] = async (told, dispatched, state) => {
        if (told.length > 60 && told.length % 23 !== 0) return;
        const replaying = await anew();
        let move = await replaying.start(scene.team, scene.config, scene.task);
        const again = [...move.dispatch];
        for (const settled of told) {
          move = await replaying.next(JSON.parse(JSON.stringify(move.state)) as Json, settled);
          again.push(...move.dispatch);
        }
        hold(
          canonicalJson(again as unknown as Json) === canonicalJson(dispatched as unknown as Json),
          `replayed from ${told.length} settled steps it asks for others`,
        );
        hold(canonicalJson(move.state) === canonicalJson(state), `replayed from ${told.length} settled steps its state is another`);
      };
      await playOut(executor, scene, { ...calmly(choose), before });
    }),
  },
  {
    name: "which step settles first, how slow an agent is and how many run at once change nothing that is seen or comes out",
    run: everyScene(async ({ executor, choose }, scene) => {
      if (scene.orderFree === false) return;
      const first = await playOut(executor, scene, { tag: "order", pick: () => 0 });
      const others: Pick<Playing, "pick" | "limit">[] = [
        { pick: (underWay) => underWay.length - 1 },
        { pick: inAnyOrder(choose) },
        { pick: waitingFor(choose.of(idsOf(scene.team))) },
        { pick: waitingFor(scene.team.agents[0]?.id) },
        { pick: inAnyOrder(choose), limit: 2 },
      ];
      for (const other of others)
        hold(
          essence(await playOut(executor, scene, { tag: "order", ...other })) === essence(first),
          "another order of settlement gives other views or another outcome",
        );
    }),
  },
  {
    name: "late, repeated and unknown results change nothing",
    run: everyScene(async ({ executor, choose }, scene) => {
      await playOut(executor, scene, { ...calmly(choose), probing: true });
    }),
  },
  {
    name: "a failed agent's error is shown to nobody and is no outcome",
    run: withFailures(({ steps, outcome, settled }, failed, tag) => {
      for (const { path } of failed) {
        const secret = secretOf(tag, path);
        for (const { dispatch, view } of steps) hold(!view.includes(secret), `${dispatch.path} was shown the error of ${path}`);
        hold(!outcome?.includes(secret), `the outcome holds the error of ${path}`);
      }
      hold(outcome === undefined || settled.some(({ ok }) => ok), "every step failed and there is an outcome all the same");
    }),
  },
  {
    name: "every failed step is listed with its agent",
    run: withFailures(({ done, steps }, failed) => {
      for (const { path, agent } of failed) {
        const listed = done.failures.some((failure) => failure.path === path && failure.agent === agent && failure.code !== "" && failure.message !== "");
        hold(listed, `${path} failed and is not listed`);
      }
      for (const { path } of done.failures)
        hold(
          failed.some((settled) => settled.path === path) || steps.every(({ dispatch }) => dispatch.path !== path),
          `${path} is listed as failed and did not fail`,
        );
    }),
  },
  {
    name: "two runs at once never see each other",
    run: everyScene(async ({ executor, choose }, scene) => {
      const second: Scene = { ...scene, task: `Another one: ${scene.task}` };
      const alone = [await playOut(executor, scene, { tag: "left", pick: () => 0 }), await playOut(executor, second, { tag: "right", pick: () => 0 })];
      const runs = [play(executor, scene, { tag: "left", pick: () => 0 }), play(executor, second, { tag: "right", pick: () => 0 })];
      const going = new Set(runs);
      while (going.size > 0) {
        const run = choose.of([...going]);
        if (!(await run.advance())) going.delete(run);
      }
      for (const [i, run] of runs.entries())
        hold(essence(run.observed) === essence(alone[i] as Observed), "a run beside another one sees or makes something else than alone");
    }),
  },
  {
    name: "a run given up half-way leaves nothing behind",
    run: everyScene(async ({ executor, choose }, scene) => {
      const before = await playOut(executor, scene, { tag: "kept", pick: () => 0 });
      const abandoned = play(executor, scene, calmly(choose, "abandoned"));
      const moves = choose.below(before.settled.length + 1);
      for (let i = 0; i <= moves; i += 1) if (!(await abandoned.advance())) break;
      const after = await playOut(executor, scene, { tag: "kept", pick: () => 0 });
      hold(essence(after) === essence(before), "after a run that was given up the same run comes out otherwise");
    }),
  },
  {
    name: "the calls are within the prediction, and equal to the formula where it binds them",
    run: everyScene(async ({ executor, choose }, scene) => {
      const said = await executor.predictCalls(scene.team, scene.config);
      const { min, expected, max } = said;
      hold(
        [min, expected, max].every((value) => Number.isFinite(value) && value >= 0) && min <= expected && expected <= max,
        `predicted ${JSON.stringify(said)}`,
      );
      for (const [name, value] of Object.entries(scene.predicted ?? {}))
        hold(said[name as keyof typeof said] === value, `predicted ${name} ${said[name as keyof typeof said]}, the formula gives ${value}`);
      const { steps } = await playOut(executor, scene, calmly(choose));
      hold(steps.length >= min && steps.length <= max, `${steps.length} calls were made, predicted were ${min}–${max}`);
      hold(scene.calls === undefined || steps.length === scene.calls, `${steps.length} calls were made, the formula gives ${scene.calls}`);
    }),
  },
  {
    name: "whoever hears another does so over a declared edge",
    run: everyScene(async ({ executor, choose }, scene) => {
      const edges = await executor.edges(scene.team, scene.config);
      const ids = idsOf(scene.team);
      for (const { from, to } of edges) hold(ids.includes(from) && ids.includes(to), `the edge ${from} → ${to} names somebody who is not in the team`);
      const { steps } = await playOut(executor, scene, calmly(choose));
      const by = new Map(steps.map(({ dispatch }) => [dispatch.path, dispatch.agent]));
      for (const { dispatch, sees } of steps) {
        for (const path of sees) {
          const from = by.get(path);
          hold(
            from === dispatch.agent || edges.some((edge) => edge.from === from && edge.to === dispatch.agent),
            `${dispatch.path} hears ${path}, and no edge leads from ${from} to ${dispatch.agent}`,
          );
        }
      }
    }),
  },
];
