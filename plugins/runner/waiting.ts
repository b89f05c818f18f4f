import { type Artifact, type Journal, typed, type WaitingItem } from "@orrery/sdk";

/** Gates that were opened and not decided, over all runs that have not ended, oldest first. */
export async function waitingIn(journal: Journal, workspace: string | undefined): Promise<WaitingItem[]> {
  const items: WaitingItem[] = [];
  for (const { run, task } of await journal.runs({ ...(workspace ? { workspace } : {}), status: "unfinished", limit: 10_000 })) {
    const open = new Map<string, WaitingItem>();
    const made = new Map<string, Artifact>();
    const roles = new Map<string, { role: string; skill: string }>();
    for (const entry of await journal.read(run)) {
      const event = typed(entry);
      if (event?.type === "step.started") roles.set(event.data.agent, event.data);
      else if (event?.type === "step.finished") {
        const { path, agent, result } = event.data;
        const { role, skill } = roles.get(agent) ?? { role: agent, skill: "" };
        made.set(path, { step: path, agent, role, skill, text: result.text, ...(result.data === undefined ? {} : { data: result.data }) });
      } else if (event?.type === "gate.decided") open.delete(event.data.gate);
      else if (event?.type === "gate.opened") {
        const { gate, ask, path, agent } = event.data;
        const artifact = event.data.artifact ?? (path === undefined ? undefined : made.get(path));
        const more = { ...(path === undefined ? {} : { path }), ...(agent === undefined ? {} : { agent }), ...(artifact ? { artifact } : {}) };
        open.set(gate, { run, task, gate, ask, ...more, since: event.ts });
      }
    }
    items.push(...open.values());
  }
  return items.sort((a, b) => a.since - b.since);
}
