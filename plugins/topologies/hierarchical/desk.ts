import type { Dispatch } from "@orrery/sdk";
import { type Answer, type Assignment, assignmentsIn, type Failure, toIntegrate, type Worker } from "../kit/index.ts";

/** A manager at work on one task: it plans, its workers work, it integrates. A worker with people of its own gets a desk below. */
export type Desk = {
  /** Where its steps' paths begin, as `"r0"` or `"r0/lead"`. */
  id: string;
  manager: string;
  /** The subtask it was given in place of the task, and the artifacts. */
  task: string | null;
  inputs: string[];
  /** Whose entry it is: nobody's at the top. */
  over: { desk: string; entry: number } | null;
  /** Corrections of the plan so far. */
  replans: number;
  /** What each delegated subtask came to, in the plan's order; null while it is under way. */
  entries: (Answer[] | null)[];
};

/** What the desks share. */
export type Books = {
  round: number;
  reports: { [manager: string]: string[] };
  workers: { [id: string]: Worker };
  limits: { replans: number; subtasks: number };
  desks: Desk[];
  waiting: { [path: string]: { desk: string; does: "plan" | "work" | "sum"; entry: number } };
  /** The latest good result of each worker, for plans that hand it on. */
  made: { [agent: string]: string };
  failures: Failure[];
  counts: { delegated: number; replans: number; planned: number };
};
/** A draft of the books, changed in place while one result is taken in, and what is to be sent out then. */
export type Office = Books & { out: Dispatch[] };

const planning = (workers: readonly Worker[]): string =>
  `Split the task into subtasks and give each to one of your people. Answer with JSON and nothing else, a subtask and its one owner each: {"subtask": "name"}, or [{"subtask", "worker", "given"}] where given names people whose earlier results it needs. Your people: ${workers
    .map(({ id, role }) => `${id} (${role})`)
    .join(", ")}.`;
const integrating =
  "Your people did what you gave them. Integrate their results into the answer to the task, in full. End with a line DONE when nothing more is needed.";

const peopleOf = ({ reports, workers }: Office, { manager }: Desk): Worker[] => (reports[manager] ?? []).flatMap((id) => workers[id] ?? []);

function send(
  office: Office,
  desk: Desk,
  name: string,
  what: { does: "plan" | "work" | "sum"; entry: number },
  dispatch: Omit<Dispatch, "path" | "round">,
): void {
  const path = `${desk.id}/${name}`;
  office.waiting[path] = { desk: desk.id, ...what };
  office.out.push({ path, round: office.round, ...dispatch });
}

/** Opens a desk: the first thing its manager does is to plan. */
export function open(office: Office, desk: Desk): void {
  office.desks.push(desk);
  office.counts.planned += 1;
  askForPlan(office, desk, desk.inputs);
}

function askForPlan(office: Office, desk: Desk, inputs: string[], instruction?: string): void {
  const name = `${desk.manager}.plan${desk.replans === 0 ? "" : desk.replans + 1}`;
  send(
    office,
    desk,
    name,
    { does: "plan", entry: 0 },
    {
      agent: desk.manager,
      skill: "plan",
      inputs,
      ...(desk.task === null ? {} : { task: desk.task }),
      ...(instruction === undefined ? {} : { instruction }),
      guidance: planning(peopleOf(office, desk)),
    },
  );
}

/**
 * The plan is in: its subtasks go to their owners. What cannot be carried out is told to the manager, who plans again while it may;
 * after that what can be is, and the rest is listed as failed. A plan that cannot be read gives everybody the task and their own focus.
 */
export function delegate(office: Office, desk: Desk, plan: Answer | undefined): void {
  const people = peopleOf(office, desk);
  const read = plan && assignmentsIn(plan, people, office.limits.subtasks);
  if (plan && read && read.problems.length > 0) {
    if (desk.replans < office.limits.replans) {
      desk.replans += 1;
      office.counts.replans += 1;
      askForPlan(office, desk, [...desk.inputs, plan.path], `Your plan cannot be carried out: ${read.problems.join("; ")}. Write it anew.`);
      return;
    }
    for (const message of read.problems) office.failures.push({ agent: desk.manager, path: plan.path, code: "PLAN_REFUSED", message });
  }
  const given = read?.entries ?? people.map(({ id }): Assignment => ({ worker: id, subtask: "", given: [] }));
  desk.entries = given.map(() => null);
  const turns = new Map<string, number>();
  given.forEach(({ worker, subtask, given: needs }, entry) => {
    const turn = (turns.get(worker) ?? 0) + 1;
    turns.set(worker, turn);
    const name = turn === 1 ? worker : `${worker}.${turn}`;
    const task = subtask || desk.task;
    const inputs = needs.flatMap((id) => (people.some((one) => one.id === id) && Object.hasOwn(office.made, id) ? (office.made[id] ?? []) : []));
    if (Object.hasOwn(office.reports, worker))
      open(office, { id: `${desk.id}/${name}`, manager: worker, task, inputs, over: { desk: desk.id, entry }, replans: 0, entries: [] });
    else {
      office.counts.delegated += 1;
      send(office, desk, name, { does: "work", entry }, { agent: worker, inputs, ...(task === null ? {} : { task }) });
    }
  });
  if (given.length === 0) integrate(office, desk, plan ? [plan] : []);
}

/** Everything the desk's people made, in the plan's order. */
export const resultsOf = ({ entries }: Desk): Answer[] => entries.flatMap((made) => made ?? []);

export function integrate(office: Office, desk: Desk, heard: readonly Answer[]): void {
  send(
    office,
    desk,
    `${desk.manager}.sum`,
    { does: "sum", entry: 0 },
    {
      agent: desk.manager,
      ...toIntegrate(office.workers[desk.manager]?.skill ?? ""),
      inputs: heard.map((answer) => answer.path),
      ...(desk.task === null ? {} : { task: desk.task }),
      guidance: integrating,
    },
  );
}
