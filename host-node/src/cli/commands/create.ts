import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { OrreryError } from "@orrery/sdk";
import { Terminal } from "../terminal.ts";
import type { Common } from "../with-host.ts";

/** `orrery create plugin`: never writes into a folder that holds something. */
export async function createPlugin(options: Common & { dir?: string }, name: string): Promise<number> {
  const terminal = new Terminal(options);
  const { scaffoldPlugin } = await import("@orrery/sdk/scaffold");
  const files = scaffoldPlugin(name);
  const folder = resolve(options.dir ?? name);
  const there = await readdir(folder).catch((error: { code?: string }) => {
    if (error.code === "ENOENT") return [];
    throw new OrreryError("OUT_UNWRITABLE", `${folder} is not a folder that can be read`, { todo: "Choose another with --dir." });
  });
  if (there.length > 0) throw new OrreryError("OUT_NOT_EMPTY", `${folder} is not empty`, { todo: "Choose another with --dir." });
  for (const { path, content } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  terminal.object({ folder, files: files.map(({ path }) => path) });
  terminal.line(`${folder} has a plugin with a test.`);
  for (const { path } of files) terminal.line(`  ${path}`);
  terminal.line(`Try it: orrery plugins inspect ${name} --plugin ${join(folder, "index.js")}`);
  return 0;
}
