import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";

/** Puts what a person installs into `folder`: the bundle, its assets, the page, the example, and a manifest with what cannot be bundled as dependencies. */
export function stageProduct(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "bin"), { recursive: true });
  cpSync(join(root, "host-node", "bin", "orrery.js"), join(folder, "bin", "orrery.js"));
  chmodSync(join(folder, "bin", "orrery.js"), 0o755);
  cpSync(join(root, "host-node", "dist"), join(folder, "dist"), { recursive: true });
  cpSync(join(root, "playground", "dist"), join(folder, "dist", "page"), { recursive: true });
  for (const file of ["LICENSE", "NOTICE", "README.md"]) if (existsSync(join(root, file))) cpSync(join(root, file), join(folder, file));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest(), null, 2)}\n`);
}

function manifest() {
  const { version, description, license } = json("package.json");
  const { dependencies } = json("host-node/package.json");
  const transformers = json("plugins/package.json").dependencies["@huggingface/transformers"];
  return {
    name: "orrery",
    version,
    description,
    license,
    type: "module",
    bin: { orrery: "bin/orrery.js" },
    files: ["bin", "dist"],
    engines: { node: ">=22" },
    dependencies: { "better-sqlite3": dependencies["better-sqlite3"], esbuild: dependencies.esbuild },
    ...(transformers
      ? { peerDependencies: { "@huggingface/transformers": transformers }, peerDependenciesMeta: { "@huggingface/transformers": { optional: true } } }
      : {}),
  };
}

function json(file) {
  return JSON.parse(readFileSync(join(root, file), "utf8"));
}
