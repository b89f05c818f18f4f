import { type ForkRequest, type RunReport, Runner, type Steering } from "@orrery/sdk";
import { needRun } from "../../client/need-run.ts";
import { askServer } from "../../client/remote.ts";
import { exitCodeOf } from "../failure.ts";
import { follow } from "../follow.ts";
import { showReport } from "../summary.ts";
import { type Common, type Session, settingsOf, withHost } from "../with-host.ts";

interface Told extends Common {
  reason?: string;
  note?: string;
}

/** Tells the server of this data folder where there is one, else the process that has the run, else does it here: a run that goes on then is shown to its end. */
async function tell(options: Common, runId: string, steering: Steering): Promise<number> {
  const { home } = settingsOf(options);
  const answered = await askServer<{ status: string }>(home, "POST", `/api/runs/${encodeURIComponent(runId)}/steer`, steering);
  return withHost(options, async (session) => {
    const { client, terminal } = session;
    let where = answered ? ", in the server" : "";
    if (!answered) {
      const { elsewhere } = await client.tell(runId, steering);
      if (elsewhere) where = ", in the process that has it";
      else if (goesOn(steering)) return toItsEnd(session, runId);
    }
    const report = await needRun(client, runId);
    terminal.object(report);
    terminal.line(`${runId} is ${terminal.colours.bold(report.status)}${where}.`);
    return 0;
  });
}
const goesOn = ({ do: word }: Steering): boolean => word === "resume" || word === "approve" || word === "deny";

/** `orrery run pause`. */
export const pause = (options: Told, run: string): Promise<number> => tell(options, run, { do: "pause" });
/** `orrery run resume`. */
export const resumePaused = (options: Told, run: string): Promise<number> => tell(options, run, { do: "resume" });
/** `orrery run cancel`. */
export const cancel = (options: Told, run: string): Promise<number> =>
  tell(options, run, { do: "cancel", ...(options.reason ? { reason: options.reason } : {}) });
/** `orrery run redirect`. */
export const redirect = (options: Told, run: string, instruction: string): Promise<number> => tell(options, run, { do: "redirect", instruction });
/** `orrery run approve`. */
export const approve = (options: Told, run: string, gate: string): Promise<number> =>
  tell(options, run, { do: "approve", gate, ...(options.note ? { note: options.note } : {}) });
/** `orrery run deny`. */
export const deny = (options: Told, run: string, gate: string): Promise<number> =>
  tell(options, run, { do: "deny", gate, ...(options.note ? { note: options.note } : {}) });

/** `orrery run fork`: a new run that keeps what the other had settled before a step. */
export async function fork(options: Common & ForkRequest, runId: string): Promise<number> {
  const { at, topology, model, task } = options;
  const asked = { ...(at ? { at } : {}), ...(topology ? { topology } : {}), ...(model ? { model } : {}), ...(task ? { task } : {}) };
  return withHost(options, async (session) => {
    const started = await session.client.fork(runId, asked);
    return toItsEnd(session, started.runId);
  });
}

/** `orrery resume`: carries on a run whose process is gone, or every one of them. */
export async function resume(options: Common & { all?: boolean }, runId = ""): Promise<number> {
  return withHost(options, async (session) => {
    const { client, host, terminal } = session;
    if (runId !== "" && !options.all) {
      await client.resume(runId);
      return toItsEnd(session, runId);
    }
    const resumed = await client.resumeAll();
    const rows: ({ run: string; status: string } & Pick<RunReport, "error">)[] = [];
    for (const { run, error } of resumed) {
      const report = error ? undefined : await host.need(Runner).wait(run);
      const failed = error ?? report?.error;
      rows.push({ run, status: report?.status ?? "interrupted", ...(failed ? { error: failed } : {}) });
    }
    terminal.object({ runs: rows });
    if (rows.length === 0) terminal.line("No run was left by a process that is gone.");
    for (const { run, status, error } of rows) terminal.line(`${run}  ${status}${error ? `  ${error.code}: ${error.message}` : ""}`);
    return rows.every(({ status }) => status === "accepted" || status === "waiting") ? 0 : 1;
  });
}

async function toItsEnd({ client, host, terminal }: Session, runId: string): Promise<number> {
  const report = await follow(client, host.need(Runner), terminal, runId);
  terminal.object(report);
  showReport(terminal, report);
  return exitCodeOf(report.status);
}
