import { Assets, OrreryError, definePlugin } from "@orrery/sdk";
import { listedAssets } from "./listed-assets.ts";

/** Files served beside the page. `assets/index.json` names them, so asking for one that is not there costs no request. */
export const assetsPlugin = (base: string) =>
  definePlugin({
    manifest: {
      id: "orrery.assets",
      version: "1.0.0",
      api: "^1.0",
      title: "Assets (same origin)",
      description: "Model weights and WebAssembly that come with the page.",
    },
    provides: [Assets],
    setup({ provide, signal }) {
      let names: Promise<Set<string>> | undefined;
      const listed = () =>
        (names ??= listedAssets(base, signal).catch(() => {
          names = undefined;
          return new Set<string>();
        }));
      const loading = new Map<string, Promise<Uint8Array>>();
      const load = async (name: string): Promise<Uint8Array> => {
        const answer = (await listed()).has(name) ? await fetch(new URL(`assets/${name}`, base), { signal }) : undefined;
        if (!answer?.ok) {
          throw new OrreryError("ASSET_MISSING", `This page was served without "${name}"`, {
            todo: "Build the page again (npm run build), or go back online once so that it can be fetched.",
          });
        }
        return new Uint8Array(await answer.arrayBuffer());
      };
      provide(Assets, {
        has: async (name) => (await listed()).has(name),
        load: (name) => {
          const found = loading.get(name) ?? load(name);
          loading.set(name, found);
          // Only requests in flight are shared: the plugin that asked keeps the bytes, not this one.
          void found.then(
            () => loading.delete(name),
            () => loading.delete(name),
          );
          return found;
        },
      });
    },
  });
