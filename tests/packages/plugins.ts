import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { generateKey, type PackageParts, packPlugin, signPackage } from "@orrery/sdk/package";

export const id = "acme.signature";
/** What the plugin keeps: to be looked for when it should be gone. */
export const canary = "canary-that-the-plugin-kept";

/** A plugin that counts in its storage, tries an address it may not reach, and says hello in each plan. */
export const source = (
  version = "1.0.0",
  capabilities: readonly string[] = ["storage:1KB", "net:example.org:GET"],
): string => `import { definePlugin, Storage } from "@orrery/sdk";
export default definePlugin({
  manifest: {
    id: "${id}", version: "${version}", api: "^1.0", title: "Signs its work \\u001b[31m",
    capabilities: ${JSON.stringify(capabilities.map((name) => ({ name, reason: `for the ${name}` })))},
  },
  requires: { storage: Storage },
  setup({ tap, use, require, plugin }) {
    tap("task.plan", async (plan) => {
      await use.storage.open("kept").set("secret", "${canary}");
      try { require("net:example.org:GET"); } catch {}
      return { ...plan, notes: [...plan.notes, { by: plugin.id, text: "signed by ${version}" }] };
    });
  },
});
`;

export const parts = (
  version = "1.0.0",
  capabilities: readonly string[] = ["storage:1KB", "net:example.org:GET"],
  code?: string,
  hooks: readonly string[] = ["task.plan"],
): PackageParts => ({
  manifest: {
    id,
    version,
    api: "^1.0",
    capabilities: capabilities.map((name) => ({ name, reason: `for the ${name}` })),
    hooks: [...hooks],
    requires: { storage: "orrery.storage@1" },
    provides: [],
  },
  code: code ?? source(version, capabilities),
});

export const key = await generateKey();
export const signed = async (...given: Parameters<typeof parts>): Promise<Uint8Array> => signPackage(await packPlugin(parts(...given)), key);

/** Every file under a folder that holds the text. */
export async function holding(folder: string, text: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  const found = await Promise.all(paths.map(async (path) => ((await readFile(path)).includes(text) ? [path] : [])));
  return found.flat();
}
