import { type Artifact, type JournalEntry, type Plan, typed, type Verdict } from "@orrery/sdk";

/** An agent with a memory of its own, and what it is asked in this task. */
export interface Rememberer {
  id: string;
  /** Its name over all runs: in its team. */
  name: string;
  /** The task, with the part of it that is the agent's. */
  asked: string;
}

/**
 * The agents of a plan that remember: those that their team file does not tell otherwise. Whom a planner makes up for one task has no memory
 * of its own, unless its team says so: its name means nothing in the next one.
 */
export function rememberersOf({ team, given, task }: Pick<Plan, "team" | "given" | "task">): Rememberer[] {
  return team.agents
    .filter(({ memory }) => memory ?? given.team)
    .map(({ id, focus }) => ({ id, name: `${team.name}/${id}`, asked: focus ? `${task.text}\n${focus}` : task.text }));
}

/** What an agent said last that judges let stand. */
export interface Said {
  output: Pick<Artifact, "text" | "data">;
  verdicts: readonly Verdict[];
}

/** Of each agent in a run's entries. What a fork took over from another run was said there. */
export function saidIn(entries: readonly JournalEntry[]): Map<string, Said> {
  const open = new Map<string, Said["output"]>();
  const said = new Map<string, Said>();
  for (const entry of entries) {
    const event = typed(entry);
    if (event?.type === "step.finished" && !event.data.copied) {
      const { text, data } = event.data.result;
      open.set(`${event.data.path}#${event.data.attempt}`, { text, ...(data === undefined ? {} : { data }) });
    }
    if (event?.type !== "step.judged" || event.data.decision.action !== "accept") continue;
    const output = open.get(`${event.data.path}#${event.data.attempt}`);
    if (output) said.set(event.data.agent, { output, verdicts: event.data.verdicts });
  }
  return said;
}
