import { Journal, OrreryError } from "@orrery/sdk";
import type { Host } from "../../boot.ts";
import { type AgentHistory, type AgentRun, agentHistories } from "../../client/agent-history.ts";
import { nearest } from "../../team/nearest.ts";
import { count, dollars, table } from "../format.ts";
import { oneLine } from "../terminal.ts";
import { type Common, withHost } from "../with-host.ts";

type Options = Common & { limit: number };

/** `orrery agents`: who took part in the last runs. */
export function list(options: Options): Promise<number> {
  return withHost(options, async ({ host, terminal }) => {
    const agents = (await histories(host, options.limit)).map(({ runs, ...agent }) => ({ ...agent, ...summary(runs) }));
    terminal.object({ agents });
    if (agents.length === 0) terminal.line('No agent has run yet. Try: orrery run "…" --docs FOLDER');
    const rows = agents.map(({ name, role, runs, calls, microUsd, score, lastAt }) => [
      oneLine(name, 60),
      oneLine(role, 24),
      count(runs, "run"),
      count(calls, "call"),
      dollars(microUsd),
      score === undefined ? "not judged" : score.toFixed(2),
      new Date(lastAt).toISOString().slice(0, 10),
    ]);
    for (const line of table(rows)) terminal.line(line);
    return 0;
  });
}

/** `orrery agents show`: by its name in its team, or by `team/name` where teams share names. */
export function show(options: Options, name: string): Promise<number> {
  return withHost(options, async ({ host, terminal }) => {
    const all = await histories(host, options.limit);
    const found = all.filter((agent) => agent.name === name || agent.id === name);
    const [agent, other] = found;
    if (!agent) {
      const meant = nearest(
        name,
        all.flatMap((each) => [each.name, each.id]),
      );
      throw new OrreryError("AGENT_UNKNOWN", `no agent "${name}" took part in the last ${count(options.limit, "run")}`, {
        todo: meant ? `Did you mean "${meant}"?` : "`orrery agents` lists them.",
      });
    }
    if (other)
      throw new OrreryError("AGENT_AMBIGUOUS", `several teams have an agent "${name}": ${found.map((each) => each.name).join(", ")}`, {
        todo: "Name it with its team, as one of these.",
      });
    terminal.object({ ...agent, ...summary(agent.runs), runs: agent.runs });
    const { runs, calls, microUsd, score } = summary(agent.runs);
    terminal.line(`${terminal.colours.bold(agent.name)}  ${agent.role}, skill ${agent.skill}`);
    terminal.line(`${count(runs, "run")}, ${count(calls, "call")}, ${dollars(microUsd)}, ${score === undefined ? "not judged" : `judged ${score.toFixed(2)}`}`);
    const rows = agent.runs.map((run) => [
      run.run,
      run.status,
      run.model || "not routed",
      `${count(run.steps, "step")}${run.failed ? `, ${run.failed} failed` : ""}`,
      dollars(run.microUsd),
      run.score === undefined ? "not judged" : `${run.score.toFixed(2)}${run.rejected ? `, ${run.rejected} against` : ""}`,
      oneLine(run.task, 60),
    ]);
    for (const line of table(rows)) terminal.line(line);
    const memories = [...new Set(agent.runs.flatMap((run) => run.memories))];
    for (const memory of memories) terminal.line(`remembered  ${oneLine(memory, 80)}`);
    return 0;
  });
}

async function histories(host: Host, limit: number): Promise<AgentHistory[]> {
  const journal = host.need(Journal);
  const runs = await journal.runs({ limit, workspace: host.settings.workspace });
  const entries = [];
  for (const { run } of runs) entries.push(await journal.read(run));
  return agentHistories(entries);
}

function summary(runs: readonly AgentRun[]) {
  const scores = runs.flatMap(({ score }) => score ?? []);
  const sum = (of: (run: AgentRun) => number) => runs.reduce((total, run) => total + of(run), 0);
  return {
    runs: runs.length,
    calls: sum(({ calls }) => calls),
    microUsd: sum(({ microUsd }) => microUsd),
    ...(scores.length > 0 ? { score: scores.reduce((total, score) => total + score, 0) / scores.length } : {}),
    lastAt: Math.max(...runs.map(({ startedAt }) => startedAt)),
  };
}
