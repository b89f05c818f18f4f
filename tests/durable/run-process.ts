// A process of its own that carries on every run that was left, or begins one a topology, and says what came of them.
import { boot, type Host } from "@orrery/host-node";
import { HostClient } from "../../host-node/src/client/host-client.ts";
import { preset } from "../../host-node/src/preset.ts";
import { teamOf } from "../support/tiny-team.ts";
import { loopTask, teamWithTools } from "./tool-loop.ts";

const wanted =
  /^orrery\.(provider\.ai-sdk|routing\.default|cost|topology\.(sequential|parallel|debate)|judge\.policy|runner|workspace|tool\.files|tools\.policy)$/;
const host: Host = await boot({ preset: preset.filter(({ id }) => wanted.test(id)) });
const client = new HostClient(host, 0);
const say = (told: object) => process.stdout.write(`${JSON.stringify(told)}\n`);

const resumed = await client.resumeAll();
let runs = (await client.runs({ limit: 100 })).map(({ run }) => run);
const plain = teamOf("a", "b", "c");
const asked = [
  { task: "task 0", topology: "sequential", team: plain },
  { task: "task 1", topology: "parallel", team: plain },
  { task: "task 2", topology: "debate", team: { ...plain, topology: { id: "debate", config: { rounds: 1 } } } },
  { task: loopTask, topology: "sequential", team: teamWithTools },
];
for (const { task, topology, team } of asked) {
  if (runs.length >= asked.length) break;
  if ((await client.runs({ limit: 100 })).some((run) => run.task === task)) continue;
  await client.start({ task, team, topology, model: "openai/gpt-4o", budget: 100, documents: { files: [], skipped: [], sources: [] } });
}
runs = (await client.runs({ limit: 100 })).map(({ run }) => run);
say({ resumed, begun: runs });
const reports = await Promise.all(runs.map((run) => client.wait(run)));
const verified = [];
for (const run of runs) verified.push(await client.verifyRun(run));
say({ reports: reports.map(({ runId, task, status, output, error }) => ({ runId, task, status, output, error })), verified });
await host.close();
