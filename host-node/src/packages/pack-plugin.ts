import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, OrreryError } from "@orrery/sdk";
import { type PackageParts, packPlugin } from "@orrery/sdk/package";
import { describeSource, type SandboxEngine } from "@orrery/sdk/sandbox";
import { z } from "zod";
import { bundlePlugin } from "./bundle-plugin.ts";
import { configSchema } from "./config-schema.ts";

export interface Packed {
  readonly bytes: Uint8Array;
  readonly id: string;
  readonly version: string;
  readonly hooks: readonly string[];
  /** Places worth a look, each with file and line. */
  readonly warnings: readonly string[];
  /** Why what it is configured with is not described in it. */
  readonly undescribed?: string;
  /** Why its setup did not come to its end here: it may tap more than was seen. */
  readonly unfinished?: string;
}

/** What a plugin's package.json may say to it. */
const authored = z.looseObject({
  license: z.string().optional(),
  orrery: z.looseObject({ hooks: z.array(z.string()).optional(), config: z.unknown().optional() }).optional(),
});

/**
 * A plugin's folder or file as an unsigned package, with the libraries it uses. What it taps, requires and provides is found by running it in the sandbox
 * with nothing granted. Throws PLUGIN_NOT_FOUND, PLUGIN_INVALID, SOURCE_INVALID, SANDBOX_*, PACKAGE_PARTS_INVALID.
 */
export async function packFrom(path: string, engine: SandboxEngine, clock: Clock): Promise<Packed> {
  const { code, folder, file, warnings, placed } = await bundlePlugin(path);
  const isFolder = (await stat(path)).isDirectory();
  // Beside a single file may lie anything.
  const manifest: z.infer<typeof authored> = isFolder ? await authoredIn(folder) : {};
  const said = await describeSource(code, engine, clock, {}, manifest.orrery?.config ?? {}).catch((cause: OrreryError) => {
    throw new OrreryError(cause.code, `${file} is no plugin that can run in a sandbox: ${placed(cause.message)}`, {
      todo: "Correct it: what it is given there is in docs/sandbox.md.",
      cause,
    });
  });
  const { id, version, api, title, description, budget } = said.manifest;
  const { schema, missing } = said.configurable ? await configSchema(path, engine, clock) : {};
  const hooks = [...new Set([...said.hooks, ...(manifest.orrery?.hooks ?? [])])].sort();
  const parts: PackageParts = {
    code,
    manifest: {
      id,
      version,
      api,
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      ...(manifest.license ? { licence: manifest.license } : {}),
      capabilities: (said.manifest.capabilities ?? []).map(reasoned),
      ...(budget === undefined ? {} : { budget }),
      hooks,
      requires: said.requires,
      provides: [...said.provides],
      ...(schema ? { config: schema } : {}),
    },
    ...(isFolder ? await texts(folder) : {}),
  };
  const bytes = await packPlugin(parts);
  return {
    bytes,
    id,
    version,
    hooks,
    warnings,
    ...(missing === undefined ? {} : { undescribed: missing }),
    ...(said.unfinished ? { unfinished: said.unfinished.message } : {}),
  };
}

/** People decide by the reason: a package has one for everything it asks for. */
function reasoned(capability: string | { readonly name: string; readonly reason: string }): { name: string; reason: string } {
  if (typeof capability !== "string") return { name: capability.name, reason: capability.reason };
  throw new OrreryError("PACKAGE_PARTS_INVALID", `the manifest asks for "${capability.slice(0, 200)}" and gives no reason`, {
    todo: `Write { name: "${capability.slice(0, 200)}", reason: "…" }: whoever installs it decides by that.`,
    refusal: true,
  });
}

/** What a plugin's package.json says it is to be looked at with. Throws PLUGIN_INVALID. */
export async function configOf(path: string): Promise<unknown> {
  return (await stat(path)).isDirectory() ? (await authoredIn(path)).orrery?.config : undefined;
}

async function authoredIn(folder: string): Promise<z.infer<typeof authored>> {
  const text = await readFile(join(folder, "package.json"), "utf8").catch(() => "{}");
  const parsed = authored.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new OrreryError("PLUGIN_INVALID", `what ${join(folder, "package.json")} says under "orrery" cannot be read`, {
    todo: 'Write "orrery": { "hooks": ["task.finish"], "config": {} }, or leave it out.',
  });
}

async function texts(folder: string): Promise<Pick<PackageParts, "readme" | "licenceText">> {
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
