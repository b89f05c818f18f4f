// A process of its own that carries on every run that was left, or begins one a topology, and says what came of them.
import { boot, type Host } from "@orrery/host-node";
import { HostClient } from "../../host-node/src/client/host-client.ts";
import { preset } from "../../host-node/src/preset.ts";
import { teamOf } from "../support/tiny-team.ts";

const wanted = /^orrery\.(provider\.ai-sdk|routing\.default|cost|topology\.(sequential|parallel|debate)|judge\.policy|runner)$/;
const host: Host = await boot({ preset: preset.filter(({ id }) => wanted.test(id)) });
const client = new HostClient(host, 0);
const say = (told: object) => process.stdout.write(`${JSON.stringify(told)}\n`);

const resumed = await client.resumeAll();
let runs = (await client.runs({ limit: 100 })).map(({ run }) => run);
for (const [i, topology] of ["sequential", "parallel", "debate"].entries()) {
  if (runs.length >= 3) break;
  const task = `task ${i}`;
  if ((await client.runs({ limit: 100 })).some((run) => run.task === task)) continue;
  const team = { ...teamOf("a", "b", "c"), ...(topology === "debate" ? { topology: { id: "debate", config: { rounds: 1 } } } : {}) };
  await client.start({ task, team, topology, model: "openai/gpt-4o", budget: 100, documents: { files: [], skipped: [], sources: [] } });
}
runs = (await client.runs({ limit: 100 })).map(({ run }) => run);
say({ resumed, begun: runs });
const reports = await Promise.all(runs.map((run) => client.wait(run)));
say({ reports: reports.map(({ runId, task, status, output, error }) => ({ runId, task, status, output, error })) });
await host.close();
