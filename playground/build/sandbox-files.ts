import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { sdkModule } from "@orrery/sdk/sandbox";
import { build, type Plugin } from "vite";

type Files = Record<string, string | Buffer>;

/** What a guest's worker is made of: its program in one classic script, since nothing can be imported where it runs; the machine; and the SDK it hands to plugins. */
async function sandboxFiles(root: string): Promise<Files> {
  const output = await build({
    configFile: false,
    logLevel: "warn",
    root,
    build: {
      write: false,
      target: "es2023",
      lib: { entry: resolve(root, "host-browser/src/sandbox/guest-worker.ts"), formats: ["iife"], name: "guest", fileName: "guest" },
    },
  });
  const [built] = Array.isArray(output) ? output : [output];
  const program = built && "output" in built ? built.output[0].code : undefined;
  if (!program) throw new Error("the sandbox's program was not built");
  const machine = createRequire(resolve(root, "sdk/package.json")).resolve("quickjs-wasi/quickjs.wasm");
  return { "guest.js": program, "quickjs.wasm": readFileSync(machine), "sdk.js": sdkModule() };
}

/** Puts them beside the page under `assets/sandbox/`, in a build and in a development server. */
export function sandboxFilesPlugin(root: string): Plugin {
  let made: Promise<Files> | undefined;
  const files = (): Promise<Files> => (made ??= sandboxFiles(root));
  return {
    name: "orrery-sandbox-files",
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = /^\/assets\/sandbox\/([a-z.]+)(\?|$)/.exec(request.url ?? "")?.[1];
        if (name === undefined) return next();
        files().then((all) => {
          const content = all[name];
          if (content === undefined) return next();
          response.setHeader("content-type", name.endsWith(".wasm") ? "application/wasm" : "text/javascript");
          response.end(content);
        }, next);
      });
    },
    async generateBundle() {
      for (const [name, source] of Object.entries(await files())) this.emitFile({ type: "asset", fileName: `assets/sandbox/${name}`, source });
    },
  };
}
