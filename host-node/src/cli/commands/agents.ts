import { OrreryError } from "@orrery/sdk";
import { agentTotals } from "@orrery/sdk/agents";
import type { HostClient } from "../../client/host-client.ts";
import { nearest } from "../../team/nearest.ts";
import { count, dollars, table } from "../format.ts";
import { oneLine } from "../terminal.ts";
import { type Common, withHost } from "../with-host.ts";

type Options = Common & { limit: number };

/** `orrery agents`: who took part in the last runs, and who remembers something. */
export function list(options: Options): Promise<number> {
  return withHost(options, async ({ client, terminal }) => {
    const agents = (await client.agents(options.limit)).map(({ runs, ...agent }) => ({ ...agent, ...agentTotals(runs) }));
    terminal.object({ agents });
    if (agents.length === 0) terminal.line('No agent has run yet. Try: orrery run "…" --docs FOLDER');
    const rows = agents.map(({ name, role, runs, calls, microUsd, score, lastAt, episodes }) => [
      oneLine(name, 60),
      oneLine(role, 24),
      count(runs, "run"),
      count(calls, "call"),
      dollars(microUsd),
      score === undefined ? "not judged" : score.toFixed(2),
      lastAt === 0 ? "" : new Date(lastAt).toISOString().slice(0, 10),
      episodes > 0 ? `remembers ${episodes}` : "",
    ]);
    for (const line of table(rows)) terminal.line(line);
    return 0;
  });
}

/** `orrery agents show`: its runs and what it remembers, by its name in its team, or by `team/name` where teams share names. */
export function show(options: Options, name: string): Promise<number> {
  return withHost(options, async ({ client, terminal }) => {
    const agent = await need(client, name, options.limit);
    terminal.object({ ...agent, ...agentTotals(agent.runs), runs: agent.runs });
    const { runs, calls, microUsd, score } = agentTotals(agent.runs);
    terminal.line(
      `${terminal.colours.bold(oneLine(agent.name, 200))}  ${agent.role ? `${oneLine(agent.role, 60)}, skill ${oneLine(agent.skill, 60)}` : "in no recent run"}`,
    );
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
    const used = [...new Set(agent.runs.flatMap((run) => run.memories))];
    for (const memory of used) terminal.line(`used from memory  ${oneLine(memory, 80)}`);
    terminal.line(agent.memory.length === 0 ? "It remembers nothing of its own." : `It remembers ${count(agent.memory.length, "thing")}, and alone sees them:`);
    for (const line of table(
      agent.memory.map(({ id, at, task, summary }) => [id, new Date(at).toISOString().slice(0, 10), oneLine(task, 60), oneLine(summary, 100)]),
    ))
      terminal.line(line);
    return 0;
  });
}

/** `orrery agents forget`: all that an agent remembers, or one episode of it. Its runs stay. */
export function forget(options: Options & { memory?: string }, name: string): Promise<number> {
  return withHost(options, async ({ client, terminal }) => {
    const agent = await need(client, name, options.limit);
    const forgotten = await client.forgetAgent(agent.name, options.memory);
    terminal.object({ agent: agent.name, forgotten });
    terminal.line(`${oneLine(agent.name, 200)} forgot ${count(forgotten, "thing")}.`);
    return 0;
  });
}

async function need(client: HostClient, name: string, limit: number) {
  try {
    return await client.agent(name, limit);
  } catch (error) {
    if ((error as { code?: string }).code !== "AGENT_UNKNOWN") throw error;
    const known = (await client.agents(limit)).flatMap((each) => [each.name, each.id]);
    const meant = nearest(name, known);
    throw new OrreryError("AGENT_UNKNOWN", `no agent "${name}" took part in the last ${count(limit, "run")}, or remembers anything`, {
      todo: meant ? `Did you mean "${meant}"?` : "`orrery agents` lists them.",
    });
  }
}
