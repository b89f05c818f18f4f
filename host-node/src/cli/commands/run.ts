import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { OrreryError, type RunReport, Runner, type Team } from "@orrery/sdk";
import type { StartOptions } from "../../client/host-client.ts";
import { needRun } from "../../client/need-run.ts";
import { teamOf } from "../../client/past-run.ts";
import { exitCodeOf } from "../failure.ts";
import { agreeToSpending } from "../forecast.ts";
import { follow } from "../follow.ts";
import { offerModel, showReport, showSideBySide } from "../summary.ts";
import { readTeam } from "../../team/team-file.ts";
import { type Common, type Session, withHost } from "../with-host.ts";
import { savedTeams } from "./team.ts";

export interface RunOptions extends Common {
  task?: string;
  docs?: string[];
  topology?: string;
  team?: string;
  agents?: number;
  model?: string;
  budget?: number;
  thread?: string;
  out?: string;
  again?: string;
}

/** `orrery run`: a task to its end, with progress, report and exit code. */
export async function run(options: RunOptions, given = ""): Promise<number> {
  const text = (options.task ?? given).trim();
  if (text === "" && !options.again) {
    throw new OrreryError("TASK_EMPTY", "the task is empty", { todo: 'Say what you want, as: orrery run "What changed in March?" --docs ./notes' });
  }
  if (options.model && !/^[a-z0-9-]+\/.+$/.test(options.model)) {
    throw new OrreryError("MODEL_INVALID", `"${options.model}" is not a model id`, {
      todo: "Write provider/model, as openai/gpt-5-mini; `orrery models` lists them.",
    });
  }
  // What can be wrong without a kernel is said before one is started.
  const file = options.team && existsSync(options.team) ? await readTeam(options.team) : undefined;
  const out = options.out === undefined ? undefined : await openOut(options.out);
  return withHost(options, async (session) => {
    const before = options.again ? await needRun(session.client, options.again) : undefined;
    const team = file ?? (options.team ? (await savedTeams(session.host).need(options.team)).team : undefined);
    const report = await perform(session, await startOptions(session, options, text, team, before));
    if (out) await writeOut(out, report);
    session.terminal.object(report);
    showReport(session.terminal, report);
    if (out) session.terminal.line(`written to ${out}`);
    if (before) showSideBySide(session.terminal, before, report);
    else offerModel(session.terminal, report, await session.client.models());
    return exitCodeOf(report.status);
  });
}

async function startOptions(
  { client }: Session,
  options: RunOptions,
  text: string,
  team: Team | undefined,
  before: RunReport | undefined,
): Promise<StartOptions> {
  const { docs, topology, agents, model, budget, thread } = options;
  const past = before && (await teamOf(client, before.runId));
  const documents = before && !docs ? await client.documentsOf(before.runId) : await client.read({ ...(docs ? { docs } : {}), ...(thread ? { thread } : {}) });
  const chosen = team ?? past?.team;
  const chosenTopology = topology ?? (team ? undefined : past?.topology);
  return {
    task: text || (before?.task ?? ""),
    documents,
    ...(chosen ? { team: chosen } : {}),
    ...(chosenTopology ? { topology: chosenTopology } : {}),
    ...(agents ? { agents } : {}),
    ...(model ? { model } : {}),
    ...(budget === undefined ? {} : { budget }),
    ...(thread ? { thread } : {}),
  };
}

/** Asks once where money could be spent, starts, shows, and cancels on Ctrl+C. */
export async function perform(session: Session, asked: StartOptions): Promise<RunReport> {
  const { client, host, terminal } = session;
  const agreed = await agreeToSpending(session, asked);
  const { runId } = await client.start({ ...asked, agreed });
  return follow(client, host.need(Runner), terminal, runId);
}

async function openOut(path: string): Promise<string> {
  const folder = resolve(path);
  try {
    await mkdir(folder, { recursive: true });
    return folder;
  } catch (cause) {
    throw new OrreryError("OUT_UNWRITABLE", `${folder} cannot be made or is not a folder`, { todo: "Give --out a folder you can write to.", cause });
  }
}

async function writeOut(folder: string, report: RunReport): Promise<void> {
  try {
    await writeFile(join(folder, "report.md"), report.output.endsWith("\n") || report.output === "" ? report.output : `${report.output}\n`);
    report.artifacts = report.artifacts.map((artifact, i) => (i === 0 ? { ...artifact, path: join(folder, "report.md") } : artifact));
    await writeFile(join(folder, "run.json"), `${JSON.stringify(report, null, 2)}\n`);
  } catch (cause) {
    throw new OrreryError("OUT_UNWRITABLE", `the run ended (${report.runId}, ${report.status}), but ${folder} cannot be written`, {
      todo: `Its report is kept: orrery run show ${report.runId}`,
      cause,
    });
  }
}
