import { lstat, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { OrreryError, Workspace, type WorkspaceFile } from "@orrery/sdk";
import { needRun } from "../../client/need-run.ts";
import { printable } from "../../printable.ts";
import { count, table } from "../format.ts";
import { oneLine } from "../terminal.ts";
import { type Common, withHost } from "../with-host.ts";

type Options = Common & { at?: number; diff?: boolean; out?: string };

/** `orrery run files`: the files of a run, one of them, what a version changed, or all of them into a folder. */
export function files(options: Options, run: string, path = ""): Promise<number> {
  return withHost(options, async ({ host, client, terminal }) => {
    await needRun(client, run);
    const workspace = host.need(Workspace);
    if (options.out !== undefined) {
      const written = await saveAll(workspace, run, options.out);
      terminal.object({ folder: resolve(options.out), files: written });
      terminal.line(`${count(written.length, "file")} written to ${resolve(options.out)}`);
      return 0;
    }
    if (path === "") {
      const found = await workspace.list(run);
      terminal.object({ files: found });
      if (found.length === 0) terminal.line("This run wrote no files.");
      for (const line of table(found.map((file) => [oneLine(file.path, 80), `${file.bytes} bytes`, count(file.version, "version"), `by ${file.from}`])))
        terminal.line(line);
      return 0;
    }
    const found = await client.file(run, path, options.at);
    const text = new TextDecoder().decode(found.bytes);
    const diff = options.diff ? await changes(workspace, run, found.file, text) : undefined;
    terminal.object({ ...found.file, ...(diff === undefined ? { text } : { diff }), versions: await workspace.versions(run, path) });
    terminal.line(printable(diff ?? text).trimEnd());
    return 0;
  });
}

/** A version beside the one before it, as a unified diff. */
async function changes(workspace: Workspace, run: string, { path, version }: WorkspaceFile, text: string): Promise<string> {
  const before = version > 1 ? await workspace.read(run, path, version - 1) : undefined;
  const { createTwoFilesPatch } = await import("diff");
  const names = [version > 1 ? `${path} (${version - 1})` : "nothing", `${path} (${version})`] as const;
  return createTwoFilesPatch(names[0], names[1], before ? new TextDecoder().decode(before.bytes) : "", text);
}

/** Writes the newest versions below `out`. Over nothing that is there, and through no link. */
async function saveAll(workspace: Workspace, run: string, out: string): Promise<string[]> {
  const root = resolve(out);
  const written: string[] = [];
  await mkdir(root, { recursive: true });
  for (const { path } of await workspace.list(run)) {
    const found = await workspace.read(run, path);
    const target = join(root, path);
    try {
      await mkdir(dirname(target), { recursive: true });
      for (let folder = dirname(target); folder.length > root.length; folder = dirname(folder)) {
        if ((await lstat(folder)).isSymbolicLink()) throw new Error(`${folder} is a link`);
      }
      await writeFile(target, found?.bytes ?? "", { flag: "wx" });
    } catch (cause) {
      throw new OrreryError("OUT_UNWRITABLE", `${target} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, {
        todo: "Give --out a new folder.",
        cause,
      });
    }
    written.push(target);
  }
  return written;
}
