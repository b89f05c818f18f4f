import type { Clock } from "@orrery/sdk";
import { packageManifest } from "@orrery/sdk/package";
import { describeSource, type SandboxEngine } from "@orrery/sdk/sandbox";
import type { PackageParts } from "@orrery/sdk/package";
import { bundlePlugin } from "./bundle-plugin.ts";

/** What a plugin is configured with, as JSON Schema; or why its library does not say. Neither for one without a configuration. */
export interface ConfigSchema {
  readonly schema?: NonNullable<PackageParts["manifest"]["config"]>;
  readonly missing?: string;
}

/** Characters of a schema that a package takes along. */
const mostChars = 50_000;

/**
 * The plugin with a question in place of its setup: what its configuration is as JSON Schema, by Standard JSON Schema
 * (https://standardschema.dev/json-schema), which its library answers.
 */
const asking = (file: string): string => `import plugin from ${JSON.stringify(file)};
const { id, version, api } = plugin.manifest;
const { vendor, jsonSchema } = plugin.config?.["~standard"] ?? {};
const said = { vendor };
try {
  said.schema = jsonSchema?.input({ target: "draft-2020-12" });
} catch (error) {
  said.failed = String(error?.message ?? error);
}
export default { manifest: { id, version, api, said }, setup() {} };
`;

/** Asks the plugin's own library, in the sandbox. The plugin is one that could be described there. */
export async function configSchema(path: string, engine: SandboxEngine, clock: Clock): Promise<ConfigSchema> {
  const { code } = await bundlePlugin(path, asking);
  const { manifest } = await describeSource(code, engine, clock);
  const { said } = manifest as { said?: { vendor?: unknown; schema?: unknown; failed?: unknown } };
  if (said?.vendor === undefined) return {};
  if (said.failed !== undefined) return { missing: `${String(said.vendor)} cannot say it as JSON Schema: ${String(said.failed)}` };
  if (said.schema === undefined)
    return {
      missing: `${String(said.vendor)}, in this version, has no Standard JSON Schema (zod has from 4.2, ArkType from 2.1.28, Valibot with @valibot/to-json-schema)`,
    };
  const size = JSON.stringify(said.schema).length;
  if (size > mostChars) return { missing: `as JSON Schema it has ${size} characters; ${mostChars} are taken along` };
  const parsed = packageManifest.shape.config.safeParse(said.schema);
  return parsed.success && parsed.data ? { schema: parsed.data } : { missing: "what its library says is no JSON" };
}
