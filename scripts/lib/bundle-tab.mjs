// Bundles the page that lends its sandbox to the tests of a plugin's author into one module: node bundle-tab.mjs FILE
import { join, resolve } from "node:path";
import { rolldown } from "rolldown";
import { root } from "./paths.mjs";

const file = process.argv[2];
if (!file) throw new Error("node bundle-tab.mjs FILE: the file to write is missing");

const bundle = await rolldown({
  input: join(root, "host-browser", "src", "sandbox", "lending-page.ts"),
  cwd: join(root, "host-browser"),
  platform: "browser",
  onLog(level, log, handler) {
    if (log.code === "UNRESOLVED_IMPORT") throw new Error(log.message);
    if (level === "warn" && !["EVAL", "COMMONJS_VARIABLE_IN_ESM", "INVALID_ANNOTATION"].includes(log.code ?? "")) handler(level, log);
  },
});
await bundle.write({ file: resolve(file), format: "esm", minify: true });
await bundle.close();
