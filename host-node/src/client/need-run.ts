import { type KernelClient, OrreryError, type RunReport } from "@orrery/sdk";

/** The run's report; throws RUN_UNKNOWN. */
export async function needRun(client: Pick<KernelClient, "report">, id: string): Promise<RunReport> {
  const report = await client.report(id);
  if (!report) throw new OrreryError("RUN_UNKNOWN", `there is no run "${id}"`, { todo: "`orrery runs` lists them." });
  return report;
}
