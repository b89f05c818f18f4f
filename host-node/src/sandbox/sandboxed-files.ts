import { readFile } from "node:fs/promises";
import type { InstallOptions } from "@orrery/kernel";
import { type AnyPlugin, type Clock, OrreryError } from "@orrery/sdk";
import { describeSource, type SandboxEngine, type SandboxedPluginOptions, sandboxedPlugin } from "@orrery/sdk/sandbox";

export interface SandboxedFile {
  /** One ES module that imports nothing but "@orrery/sdk". */
  readonly file: string;
  /** Capabilities it gets of those it asks for. */
  readonly grant: readonly string[];
}

/**
 * A plugin file as a definition that runs in the sandbox, and the options to install it with: whatever it asks for and was not granted is denied.
 * Throws PLUGIN_NOT_FOUND, PLUGIN_ID_RESERVED, SOURCE_INVALID or SANDBOX_*, naming the file.
 */
export async function loadSandboxedFile(
  { file, grant }: SandboxedFile,
  engine: SandboxEngine,
  clock: Clock,
  onStopped: NonNullable<SandboxedPluginOptions["onStopped"]>,
): Promise<{ plugin: AnyPlugin; options: InstallOptions }> {
  const code = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new OrreryError("PLUGIN_NOT_FOUND", `the plugin file ${file} cannot be read`, { todo: "Check the path in the setting `sandboxed`.", cause });
  });
  const { manifest, hooks, requires, provides } = await describeSource(code, engine, clock).catch((cause: OrreryError) => {
    throw new OrreryError(cause.code, `${file} is no plugin that can run in a sandbox: ${cause.message}`, {
      todo: "Correct the file, or leave it out.",
      cause,
    });
  });
  if (/^orrery\./i.test(manifest.id)) {
    throw new OrreryError("PLUGIN_ID_RESERVED", `${file} calls itself "${manifest.id}": ids that begin with "orrery." are the product's own`, {
      todo: "Ask its author for one under another name.",
    });
  }
  const asked = (manifest.capabilities ?? []).map((each) => (typeof each === "string" ? each : each.name));
  return {
    plugin: sandboxedPlugin({ manifest: { ...manifest, hooks, requires, provides }, code, engine, onStopped }),
    options: { tier: "community", deny: asked.filter((capability) => !grant.includes(capability)) },
  };
}
