import { OrreryError, type Plan, type Resumption, type ThreadTurn, token, type TopologyExecutor } from "@orrery/sdk";
import type { Shared } from "./live-run.ts";
import type { Planned } from "./plan-task.ts";
import type { Recorded } from "./read-past.ts";

/** The plan it had, with the topology's executor and its documents, as it began. */
export async function planAgain({ context, services }: Shared, recorded: Recorded, given: Resumption, thread: ThreadTurn[]): Promise<Planned> {
  const { task, past, recalled, collection } = recorded;
  if (!past.planned) throw new OrreryError("RUN_UNPLANNED", `Run ${task.run} has no plan to go on with.`);
  const { predicted, edges, by } = past.planned;
  const plan: Plan = { ...past.planned.plan, task, recalled, thread };
  const answered = await context.call("task.topology", plan);
  const executor = answered && context.find(token<TopologyExecutor>(answered.value.service));
  if (!answered || !executor || answered.plugin !== by) {
    throw new OrreryError(
      "TOPOLOGY_MISSING",
      `Run ${task.run} works by "${plan.topology.id}" of ${by}, which is not active${answered ? ` (${answered.plugin} is)` : ""}.`,
      {
        todo: "Install or enable that plugin: the run goes on at the next start, or with `orrery resume`.",
      },
    );
  }
  if (collection !== undefined && !(await services.documents?.has(collection))) {
    if (!services.documents) throw new OrreryError("DOCUMENTS_UNAVAILABLE", "The run has documents, and no plugin that reads documents is active.");
    const again = await services.documents.ingest(given.files ?? []);
    if (again.collection !== collection) throw new DocumentsChanged(task.run, given.files?.length ?? 0);
  }
  return { plan, executor, topologyPlugin: by, predicted, edges };
}

/** What was read is not there any more: what was made of it cannot be gone on with. */
export class DocumentsChanged extends OrreryError {
  constructor(run: string, files: number) {
    super("DOCUMENTS_CHANGED", `The documents of run ${run} ${files === 0 ? "are gone" : "have changed"} since it read them.`, {
      todo: "Run the task again on the documents as they are now.",
    });
  }
}
