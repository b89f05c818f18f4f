import { type Task, type ThreadTurn, typed } from "@orrery/sdk";
import type { Shared } from "./live-run.ts";

/** The thread's last turns before this moment, oldest first, and the documents they were about. */
export async function earlierIn(
  { journal, services }: Pick<Shared, "journal" | "services">,
  { thread, workspace, createdAt }: Pick<Task, "thread" | "workspace" | "createdAt">,
): Promise<{ turns: ThreadTurn[]; collection: string | undefined }> {
  const runs = (await journal.runs({ thread, workspace, limit: 3, before: createdAt })).reverse();
  const turns: ThreadTurn[] = [];
  let collection: string | undefined;
  for (const { run: id, task } of runs) {
    for (const entry of await journal.read(id)) {
      const event = typed(entry);
      if (event?.type === "run.planned") collection = event.data.plan.collection ?? collection;
      // What ended later, this turn did not know.
      if (event?.type === "run.finished" && event.data.output !== "" && event.ts <= createdAt) turns.push({ run: id, task, answer: event.data.output });
    }
  }
  const kept = collection && (await services.documents?.has(collection)) ? collection : undefined;
  return { turns, collection: kept };
}
