import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { InstallOptions } from "@orrery/kernel";
import { type AnyPlugin, type Clock, OrreryError } from "@orrery/sdk";
import { describeSource, type SandboxEngine, type SandboxedPluginOptions, sandboxedPlugin } from "@orrery/sdk/sandbox";
import { type Hold, quarantined } from "../packages/lockfile.ts";

export interface SandboxedFile {
  /** One ES module that imports nothing but "@orrery/sdk". */
  readonly file: string;
  /** Capabilities it gets of those it asks for. */
  readonly grant: readonly string[];
}

export interface FileHost {
  readonly engine: () => Promise<SandboxEngine>;
  readonly clock: Clock;
  readonly held: readonly Hold[];
  readonly onStopped: NonNullable<SandboxedPluginOptions["onStopped"]>;
  /** It is in quarantine from now on, as long as it is of these bytes. */
  readonly onQuarantined: (mark: Omit<Hold, "at">) => void;
}

/**
 * A plugin file as a definition that runs in the sandbox, and the options to install it with: whatever it asks for and was not granted is denied.
 * Throws PLUGIN_NOT_FOUND, PLUGIN_ID_RESERVED, SOURCE_INVALID or SANDBOX_*, naming the file; SANDBOX_QUARANTINED before any of it runs.
 */
export async function loadSandboxedFile(
  { file, grant }: SandboxedFile,
  { engine: engineOf, clock, held, onStopped, onQuarantined }: FileHost,
): Promise<{ plugin: AnyPlugin; options: InstallOptions }> {
  const code = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new OrreryError("PLUGIN_NOT_FOUND", `the plugin file ${file} cannot be read`, { todo: "Check the path in the setting `sandboxed`.", cause });
  });
  const integrity = `sha512-${createHash("sha512").update(code).digest("base64")}`;
  const mark = held.find((each) => each.integrity === integrity);
  if (mark) throw quarantined(mark);
  const engine = await engineOf();
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
    plugin: sandboxedPlugin({
      manifest: { ...manifest, hooks, requires, provides },
      code,
      engine,
      onStopped: (stop) => {
        onStopped(stop);
        if (stop.quarantined) onQuarantined({ id: stop.plugin, integrity, code: stop.code, message: stop.message.slice(0, 2_000) });
      },
    }),
    options: { tier: "community", deny: asked.filter((capability) => !grant.includes(capability)) },
  };
}
