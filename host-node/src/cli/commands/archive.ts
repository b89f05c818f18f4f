import { readFileSync, statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type KeptRuns, OrreryError } from "@orrery/sdk";
import { runFileLimits, signRunFile } from "@orrery/sdk/archive";
import { keyFileOf, readKey } from "../../packages/publisher-key.ts";
import { retentionOf } from "../../client/retention-request.ts";
import { count, sized, table } from "../format.ts";
import { oneLine } from "../terminal.ts";
import { type Common, withHost } from "../with-host.ts";

/** `orrery runs export`: a run into a file, over none that is there; its head signed where that is asked for. */
export function exportRun(options: Common & { out?: string; sign?: boolean; key?: string }, run: string): Promise<number> {
  return withHost(options, async ({ client, terminal }) => {
    const key = options.sign || options.key !== undefined ? await readKey(keyFileOf(options)) : undefined;
    const exported = await client.exportRun(run);
    const text = key ? await signRunFile(exported, key) : exported;
    const file = resolve(options.out ?? `${run.replace(/[^\w.-]/g, "_")}.jsonl`);
    try {
      writeFileSync(file, text, { flag: "wx" });
    } catch (cause) {
      throw new OrreryError("OUT_UNWRITABLE", `${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, {
        todo: "Give --out the name of a new file.",
        cause,
      });
    }
    const { events, files, head } = JSON.parse(text.slice(0, text.indexOf("\n"))) as { events: number; files: number; head: string };
    terminal.object({ run, file, events, files, head, ...(key ? { signer: key.fingerprint } : {}) });
    terminal.line(`${file}: ${count(events, "entry", "entries")}, ${count(files, "file")}; the chain ends in ${head}.`);
    if (key) terminal.line(`Its head is signed by ${key.fingerprint}.`);
    return 0;
  });
}

/** `orrery runs import`: a run from a file, beside those there are. */
export function importRun(options: Common & { signer?: string }, file: string): Promise<number> {
  return withHost(options, async ({ client, terminal }) => {
    const imported = await client.importRun(textOf(file), options.signer);
    terminal.object(imported);
    const { run, events, files, unheld, signer, head } = imported;
    const loose = unheld > 0 ? ` (${unheld} held by no entry's hash)` : "";
    terminal.line(`${run} is here: ${count(events, "entry", "entries")}, ${count(files, "file")}${loose}; the chain holds and ends in ${head}.`);
    terminal.line(signer ? `Its head is signed by ${signer}.` : "Nobody signed it.");
    return 0;
  });
}

/** The text of a run's file. Throws RUN_FILE_UNREADABLE. */
export function textOf(file: string): string {
  const unreadable = (why: string, cause?: unknown) =>
    new OrreryError("RUN_FILE_UNREADABLE", `${file} cannot be read: ${why}`, { todo: "Take a file that `orrery runs export RUN` wrote.", cause });
  try {
    const { size } = statSync(file);
    if (size > runFileLimits.characters) throw unreadable(`it has ${size} bytes; ${runFileLimits.characters} are the most`);
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (thrown) {
    if (thrown instanceof OrreryError) throw thrown;
    throw unreadable(thrown instanceof TypeError ? "it is no text" : thrown instanceof Error ? thrown.message : String(thrown), thrown);
  }
}

/** `orrery runs prune`: takes out runs that are over, by the options or else the settings. */
export function prune(options: Common & { olderThan?: number; keep?: number; bytes?: number; dryRun?: boolean }): Promise<number> {
  return withHost(options, async ({ client, host, terminal }) => {
    const { olderThan, keep, bytes, dryRun = false } = options;
    const said: KeptRuns = {
      ...(olderThan === undefined ? {} : { olderThanMs: olderThan }),
      ...(keep === undefined ? {} : { keep }),
      ...(bytes === undefined ? {} : { bytes }),
    };
    const asked = Object.keys(said).length > 0 ? said : retentionOf(host.settings);
    if (Object.keys(asked).length === 0)
      throw new OrreryError("RETENTION_UNSET", "Nobody said which runs may go.", {
        todo: "Say --older-than 30d, --keep 100 or --bytes 2GB, or set retention.days, retention.keep or retention.megabytes.",
      });
    const gone = await client.pruneRuns({ ...asked, dryRun });
    terminal.object({ dryRun, runs: gone });
    const rows = gone.map(({ run, endedAt = 0, bytes: size, status, task }) => [
      run,
      new Date(endedAt).toISOString().slice(0, 10),
      sized(size),
      status,
      oneLine(task, 80),
    ]);
    for (const line of table(rows)) terminal.line(line);
    const told = dryRun ? "would go" : gone.length === 1 ? "is gone, with its files" : "are gone, with their files";
    const room = gone.reduce((sum, run) => sum + run.bytes, 0);
    terminal.line(`${count(gone.length, "run")} ${told}${gone.length === 0 ? "" : `: ${sized(room)}`}.`);
    return 0;
  });
}
