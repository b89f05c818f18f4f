// Bundles what a plugin's author imports, "@orrery/sdk" and "@orrery/sdk/testing", into a package of plain JavaScript with its types: node bundle-sdk.mjs FOLDER
// Not minified: an author steps through it.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { rolldown } from "rolldown";
import { root } from "./paths.mjs";
import { writeSdkTypes } from "./sdk-types.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("node bundle-sdk.mjs FOLDER: the folder to write the package into is missing");

const bundle = await rolldown({
  input: { index: join(root, "sdk", "src", "index.ts"), testing: join(root, "sdk", "src", "testing", "index.ts") },
  cwd: join(root, "sdk"),
  // Tests of plugins run in both realms; what is right for a browser runs in Node as well.
  platform: "browser",
  onLog(level, log, handler) {
    if (log.code === "UNRESOLVED_IMPORT") throw new Error(log.message);
    if (level === "warn" && !["EVAL", "COMMONJS_VARIABLE_IN_ESM", "INVALID_ANNOTATION"].includes(log.code ?? "")) handler(level, log);
  },
});
await bundle.write({ dir: resolve(folder), format: "esm", entryFileNames: "[name].js", chunkFileNames: "shared-[hash].js" });
await bundle.close();

await writeSdkTypes(join(resolve(folder), "types"));
const { name, version, license } = JSON.parse(readFileSync(join(root, "sdk", "package.json"), "utf8"));
const entry = (types, code) => ({ types: `./types/sdk/${types}.d.ts`, default: `./${code}.js` });
const manifest = {
  name,
  version,
  license,
  type: "module",
  sideEffects: false,
  exports: { ".": entry("index", "index"), "./testing": entry("testing/index", "testing") },
};
writeFileSync(join(resolve(folder), "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
