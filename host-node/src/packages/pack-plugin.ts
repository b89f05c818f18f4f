import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Clock, OrreryError } from "@orrery/sdk";
import { type PackageParts, packPlugin } from "@orrery/sdk/package";
import { describeSource, type SandboxEngine } from "@orrery/sdk/sandbox";
import { z } from "zod";

export interface Packed {
  readonly bytes: Uint8Array;
  readonly id: string;
  readonly version: string;
  readonly hooks: readonly string[];
  /** Why its setup did not come to its end here: it may tap more than was seen. */
  readonly unfinished?: string;
}

/** What a plugin's package.json may say to it. */
const authored = z.looseObject({
  exports: z.unknown().optional(),
  main: z.string().optional(),
  license: z.string().optional(),
  orrery: z.looseObject({ hooks: z.array(z.string()).optional() }).optional(),
});

/**
 * A plugin's folder or file as an unsigned package. What it taps, requires and provides is found by running it in the sandbox with nothing granted.
 * Throws PLUGIN_NOT_FOUND, PLUGIN_INVALID, SOURCE_INVALID, SANDBOX_*, PACKAGE_PARTS_INVALID.
 */
export async function packFrom(path: string, engine: SandboxEngine, clock: Clock): Promise<Packed> {
  const source = await locate(resolve(path));
  const code = await read(source.file);
  const said = await describeSource(code, engine, clock).catch((cause: OrreryError) => {
    throw new OrreryError(cause.code, `${source.file} is no plugin that can run in a sandbox: ${cause.message}`, {
      todo: 'It is one ES module that imports nothing but "@orrery/sdk"; bundle what else it needs into it.',
      cause,
    });
  });
  const { id, version, api, title, description } = said.manifest;
  const hooks = [...new Set([...said.hooks, ...(source.manifest.orrery?.hooks ?? [])])].sort();
  const parts: PackageParts = {
    code,
    manifest: {
      id,
      version,
      api,
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      ...(source.manifest.license ? { licence: source.manifest.license } : {}),
      capabilities: (said.manifest.capabilities ?? []).map(reasoned),
      hooks,
      requires: said.requires,
      provides: [...said.provides],
    },
    ...(await texts(source.folder)),
  };
  const bytes = await packPlugin(parts);
  return { bytes, id, version, hooks, ...(said.unfinished ? { unfinished: said.unfinished.message } : {}) };
}

/** People decide by the reason: a package has one for everything it asks for. */
function reasoned(capability: string | { readonly name: string; readonly reason: string }): { name: string; reason: string } {
  if (typeof capability !== "string") return { name: capability.name, reason: capability.reason };
  throw new OrreryError("PACKAGE_PARTS_INVALID", `the manifest asks for "${capability.slice(0, 200)}" and gives no reason`, {
    todo: `Write { name: "${capability.slice(0, 200)}", reason: "…" }: whoever installs it decides by that.`,
    refusal: true,
  });
}

type Source = { file: string; folder: string | undefined; manifest: z.infer<typeof authored> };

async function locate(path: string): Promise<Source> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new OrreryError("PLUGIN_NOT_FOUND", `there is no plugin at ${path}`, { todo: "Give a plugin's folder, or its file.", cause });
  });
  if (!found.isDirectory()) return { file: path, folder: undefined, manifest: {} };
  const text = await readFile(join(path, "package.json"), "utf8").catch(() => "{}");
  const parsed = authored.safeParse(json(text));
  if (!parsed.success) throw new OrreryError("PLUGIN_INVALID", `${join(path, "package.json")} cannot be read`, { todo: "Correct it." });
  const { exports, main } = parsed.data;
  return { file: join(path, typeof exports === "string" ? exports : (main ?? "index.js")), folder: path, manifest: parsed.data };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const read = (file: string): Promise<string> =>
  readFile(file, "utf8").catch((cause: unknown) => {
    throw new OrreryError("PLUGIN_NOT_FOUND", `the plugin's file ${file} cannot be read`, { todo: "Check `exports` in its package.json.", cause });
  });

async function texts(folder: string | undefined): Promise<Pick<PackageParts, "readme" | "licenceText">> {
  if (folder === undefined) return {};
  const first = async (...names: string[]): Promise<string | undefined> => {
    for (const name of names) {
      const text = await readFile(join(folder, name), "utf8").catch(() => undefined);
      if (text !== undefined) return text;
    }
    return undefined;
  };
  const [readme, licenceText] = await Promise.all([first("README.md", "readme.md"), first("LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE")]);
  return { ...(readme === undefined ? {} : { readme }), ...(licenceText === undefined ? {} : { licenceText }) };
}
