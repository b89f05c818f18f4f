import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Assets, definePlugin, OrreryError } from "@orrery/sdk";
import { z } from "zod";
import { type AssetSource, folder, isAssetName, workspaceSources } from "./locate-asset.ts";

/** Files that come with the product, read from the bundle's `assets/`, from the workspace, or from the person's models folder. */
export default definePlugin({
  manifest: {
    id: "orrery.host.assets",
    version: "0.1.0",
    api: "^1.0",
    title: "Assets",
    description: "Reads the files that come with the product: model weights, WebAssembly.",
  },
  config: z.object({ models: z.string().optional() }).prefault({}),
  provides: [Assets],
  setup({ provide, config }) {
    const sources: AssetSource[] = [folder(join(fileURLToPath(new URL(".", import.meta.url)), "assets")), ...workspaceSources("index.ts")];
    if (config.models) sources.push(folder(config.models));
    const find = async (name: string): Promise<string | undefined> => {
      if (!isAssetName(name)) return undefined;
      for (const source of sources) {
        const path = source(name);
        if (
          path &&
          (await access(path).then(
            () => true,
            () => false,
          ))
        )
          return path;
      }
      return undefined;
    };
    provide(Assets, {
      has: async (name) => (await find(name)) !== undefined,
      async load(name) {
        const path = await find(name);
        if (!path)
          throw new OrreryError("ASSET_MISSING", `this installation has no file "${name.slice(0, 200)}"`, {
            todo: "Install Orrery again; `orrery doctor` lists what is missing.",
          });
        return new Uint8Array(await readFile(path));
      },
    });
  },
});
