import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { OrreryError } from "@orrery/sdk";
import { findSdk, linkSdk } from "../../author-sdk.ts";
import { sampleOf } from "../../authoring/plugin-kinds.ts";
import { Terminal } from "../terminal.ts";
import type { Common } from "../with-host.ts";

/** `orrery create plugin`: never writes into a folder that holds something. */
export async function createPlugin(options: Common & { dir?: string; kind?: string }, name: string): Promise<number> {
  const terminal = new Terminal(options);
  const { scaffoldPlugin } = await import("@orrery/sdk/scaffold");
  const [sdk, sample] = await Promise.all([findSdk(), sampleOf(options.kind ?? "hello")]);
  const files = scaffoldPlugin(name, { sdk, ...(sample ? { sample } : {}) });
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
  await linkSdk(folder, sdk);
  terminal.object({ folder, files: files.map(({ path }) => path) });
  terminal.line(`${folder} has a plugin with a test.`);
  for (const { path } of files) terminal.line(`  ${path}`);
  terminal.line(`Try it:   cd ${folder} && orrery plugin dev`);
  terminal.line("Test it:  orrery plugin test");
  terminal.line(`Load it:  orrery run "What does this plugin do?" --docs README.md --plugin .`);
  return 0;
}
