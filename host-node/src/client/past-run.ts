import { type KernelClient, type Team, typed } from "@orrery/sdk";

/** The team a run had and how it worked together, without the models it was told to use: another may be asked for. */
export async function teamOf(client: Pick<KernelClient, "events">, id: string): Promise<{ team: Team; topology: string } | undefined> {
  for (const entry of await client.events(id)) {
    const event = typed(entry);
    if (event?.type !== "run.planned") continue;
    const { team, topology } = event.data.plan;
    return { team: { ...team, topology, agents: team.agents.map(({ model: _, ...agent }) => agent) }, topology: topology.id };
  }
  return undefined;
}
