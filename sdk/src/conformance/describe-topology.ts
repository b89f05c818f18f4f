import type { Json } from "@orrery/kernel";
import type { AnyPlugin } from "../define-plugin.ts";
import type { TopologyExecutor } from "../topology.ts";
import { generalCases, inScene, type Stage } from "./general-cases.ts";
import { executorOf, topologyIdOf } from "./installed.ts";
import { inAnyOrder, playOut, waitingFor } from "./play.ts";
import { choices, hashOf } from "./random.ts";
import { rowOf } from "./rows/index.ts";
import { hold, idsOf, type Row, type Scene, teamOf } from "./scene.ts";

/** One claim about one topology; `run` throws what was found instead. */
export interface ConformanceCase {
  name: string;
  /** Why it cannot be asked of this topology; absent when it can. */
  skip?: string;
  run(): Promise<void>;
}
export interface ConformanceOptions {
  /** The cases follow from it; 1 when absent. */
  seed?: number;
  /** Team sizes to try; 1 to 9 when absent. */
  agents?: readonly number[];
  /** Whose row of the specification it must keep, where that does not follow from its own id, as `"mesh"`. */
  like?: string;
  /** Plugins whose services it uses, where it is a plugin itself. */
  besides?: readonly AnyPlugin[];
  /** Configs to try, for a topology without a row; `{}` when absent. */
  configs?: readonly Json[];
}
/** A topology that is not in a plugin of its own, or is in a host already. */
export interface TopologySubject {
  id: string;
  executor: TopologyExecutor;
}

/**
 * Everything the specification claims about a topology, as cases any test runner can run: what holds of all, and what its own row says.
 * Agents are scripted and log what they see; orders, failures and configs come from the seed.
 *
 * @example
 * for (const { name, skip, run } of describeTopology(myTopology)) test.skipIf(skip !== undefined)(name, run);
 */
export function describeTopology(subject: AnyPlugin | TopologySubject, options: ConformanceOptions = {}): ConformanceCase[] {
  const { seed = 1, agents = [1, 2, 3, 4, 5, 6, 7, 8, 9], like, configs, besides = [] } = options;
  const id = "executor" in subject ? subject.id : topologyIdOf(subject);
  const row = rowOf(like ?? id);
  const anew = "executor" in subject ? async () => subject.executor : () => executorOf(subject, besides);
  const stageOf = async (name: string): Promise<Stage> => {
    const choose = choices(hashOf(`${seed}|${id}|${name}`));
    const executor = await anew();
    const scenes = agents.flatMap((n) => row?.scenes(n, choose) ?? plainScenes(n, configs ?? [{}], choose));
    const playable = await Promise.all(scenes.map(async (scene) => row !== undefined || (await executor.check(scene.team, scene.config)).length === 0));
    return { executor, anew, scenes: scenes.filter((_, i) => playable[i]), choose };
  };

  const general = generalCases.map(({ name, run }) => ({ name, run: async () => run(await stageOf(name)) }));
  if (!row)
    return [...general, { name: "keeps its row of the specification", skip: `the specification has no row for "${like ?? id}"`, run: async () => undefined }];
  return [...general, ...claimsOf(row, stageOf), ...refusalsOf(row, stageOf)];
}

function plainScenes(n: number, configs: readonly Json[], choose: ReturnType<typeof choices>): Scene[] {
  return configs.map((config) => ({ label: `${n} agents`, team: teamOf(n, choose), config, task: "Find out what holds.", orderFree: false }));
}

const claimsOf = (row: Row, stageOf: (name: string) => Promise<Stage>): ConformanceCase[] =>
  row.claims.map(({ name, check }) => ({
    name: `${row.id}: ${name}`,
    async run() {
      const { executor, scenes, choose } = await stageOf(name);
      for (const scene of scenes) {
        const orders = [inAnyOrder(choose), inAnyOrder(choose), waitingFor(choose.of(idsOf(scene.team)))];
        for (const pick of orders) await inScene(scene, async () => check(await playOut(executor, scene, { tag: "claim", pick }), scene));
      }
    },
  }));

function refusalsOf({ id, refused }: Row, stageOf: (name: string) => Promise<Stage>): ConformanceCase[] {
  if (!refused) return [];
  const name = `${id}: refuses what it cannot run, with the reason`;
  return [
    {
      name,
      async run() {
        const { executor, choose } = await stageOf(name);
        for (const n of [1, 2, 4, 9]) {
          const team = teamOf(n, choose);
          for (const { config, because } of refused(team))
            hold((await executor.check(team, config)).length > 0, `${n} agents, config ${JSON.stringify(config)}: taken, although ${because}`);
        }
      },
    },
  ];
}
