import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { root } from "./paths.mjs";

const runtime = "ort-wasm-simd-threaded.asyncify.wasm";

/** What lies beside every page under these names is not a model's to replace. */
const taken = ["use-lite-en", "ort", "example", "transformers"];

/** Names of the models in a folder: folders with config.json, tokenizer files and onnx/ weights. Throws when there is none, or one whose name cannot be used. */
export function findModels(folder) {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new Error(`--models ${folder}: there is no such folder. Give the one that holds the models.`);
  const models = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "config.json")) && existsSync(join(folder, entry.name, "onnx")))
    .map(({ name }) => name);
  if (models.length === 0)
    throw new Error(
      `--models ${folder}: no model in it. A model is a folder with config.json, tokenizer.json and onnx/ weights, as transformers.js lays it out.`,
    );
  const wrong = models.find((name) => !/^[a-z0-9][\w.-]*$/i.test(name) || taken.includes(name));
  if (wrong !== undefined)
    throw new Error(
      `--models ${folder}: a model cannot be called "${wrong}". Rename its folder to letters, digits, dots and dashes, and none of ${taken.join(", ")}.`,
    );
  return models;
}

/** Puts these models of `folder` beside a built page, with the WebAssembly they run on, and lists both in its index of assets. */
export function addModels(site, folder, models) {
  const assets = join(site, "assets");
  const added = [];
  for (const model of models) {
    cpSync(join(folder, model), join(assets, model), { recursive: true });
    for (const file of readdirSync(join(assets, model), { recursive: true, withFileTypes: true }))
      if (file.isFile()) added.push(relative(assets, join(file.parentPath, file.name)).replaceAll("\\", "/"));
  }
  const library = createRequire(join(root, "plugins", "package.json")).resolve("@huggingface/transformers");
  mkdirSync(join(assets, "transformers"), { recursive: true });
  cpSync(join(dirname(createRequire(library).resolve("onnxruntime-web")), runtime), join(assets, "transformers", runtime));
  added.push(`transformers/${runtime}`);
  const index = join(assets, "index.json");
  writeFileSync(index, JSON.stringify([...new Set([...JSON.parse(readFileSync(index, "utf8")), ...added])]));
  keepForOffline(join(site, "sw.js"), added);
}

/** Another version than without the models, so that a browser which knew the site before looks at its index again. */
function keepForOffline(worker, added) {
  const script = readFileSync(worker, "utf8");
  const [, version] = /^const version = "(\w+)";$/m.exec(script) ?? [];
  if (version === undefined || !script.includes("const later = [];"))
    throw new Error("sw.js of the built page is not as expected: build again with `npm run build -- --force`.");
  const renewed = createHash("sha256").update(version).update(added.join("\n")).digest("hex").slice(0, 16);
  const later = added.map((name) => `assets/${name}`);
  writeFileSync(worker, script.replace(version, renewed).replace("const later = [];", `const later = ${JSON.stringify(later)};`));
}
