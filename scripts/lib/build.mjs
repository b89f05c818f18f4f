import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { projectEnv, projectNode, root } from "./paths.mjs";
import { projectFiles } from "./project-files.mjs";
import { run } from "./run.mjs";
import { makeWhole, sweep } from "./whole-folder.mjs";

const stamps = join(root, "node_modules", ".cache", "orrery-build");
const recipe =
  /^(?:pnpm-lock\.yaml|tsconfig\.base\.json|scripts\/lib\/build\.mjs|scripts\/lib\/(?:bundle-cli|bundle-sdk|bundle-tab|declarations|sdk-types)\.mjs)$/;
const shared = /^(?:kernel|sdk|plugins|examples)\//;

/** What is built, from which files, and what proves that it is there. */
const products = [
  { name: "command line", inputs: /^(?:host-node|host-browser\/src\/sandbox)\//, folder: "host-node/dist", proof: "main.js", make: bundleCommandLine },
  { name: "page", inputs: /^(?:host-browser|playground)\//, folder: "playground/dist", proof: "index.html", make: bundlePage },
];

/** Builds what changed since it was last built: the command line into host-node/dist, the page into playground/dist. */
export async function build({ force = false } = {}) {
  for (const { name, inputs, folder, proof, make } of products) {
    const made = join(root, folder);
    sweep(made);
    const stamp = join(stamps, name.replace(" ", "-"));
    const wanted = fingerprint(inputs);
    if (!force && existsSync(join(made, proof)) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) continue;
    const started = Date.now();
    console.log(`orrery: building the ${name} …`);
    rmSync(stamp, { force: true });
    await makeWhole(made, make);
    mkdirSync(stamps, { recursive: true });
    writeFileSync(stamp, wanted);
    console.log(`orrery: built the ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
}

function fingerprint(own) {
  const hash = createHash("sha256").update(process.version);
  for (const file of projectFiles()) {
    if (!(recipe.test(file) || shared.test(file) || own.test(file)) || /\.test\.tsx?$/.test(file)) continue;
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}

/** Each bundle is made in a program of its own: the bundler's memory is given back, and a failure is an exit code. */
async function bundleCommandLine(fresh) {
  await must("bundling the command line", [join(root, "scripts", "lib", "bundle-cli.mjs"), fresh]);
  await must("bundling the SDK for authors", [join(root, "scripts", "lib", "bundle-sdk.mjs"), join(fresh, "sdk")]);
  await must("bundling the page for authors' tests", [join(root, "scripts", "lib", "bundle-tab.mjs"), join(fresh, "tab", "page.js")]);
  copyAssets(join(fresh, "assets"));
  cpSync(join(root, "examples", "aurora"), join(fresh, "example"), { recursive: true });
  cpSync(join(root, "examples", "plugins"), join(fresh, "samples"), { recursive: true });
}

/** The page, into a folder of any name. */
export async function bundlePage(fresh) {
  await must(
    "building the page",
    [join(root, "playground", "node_modules", "vite", "bin", "vite.js"), "build", "--logLevel", "warn", "--outDir", fresh, "--emptyOutDir"],
    join(root, "playground"),
  );
}

/** The sentence encoder, its WebAssembly runtime and the sandbox's machine, under the names that the `Assets` service knows them by. */
function copyAssets(target) {
  const model = join(root, "plugins", "embeddings", "model");
  for (const entry of existsSync(model) ? readdirSync(model, { withFileTypes: true }) : [])
    if (entry.isDirectory()) cpSync(join(model, entry.name), join(target, entry.name), { recursive: true });
  const runtime = dirname(createRequire(join(root, "plugins", "package.json")).resolve("onnxruntime-web"));
  mkdirSync(join(target, "ort"), { recursive: true });
  cpSync(join(runtime, "ort-wasm-simd-threaded.wasm"), join(target, "ort", "ort-wasm-simd-threaded.wasm"));
  mkdirSync(join(target, "sandbox"), { recursive: true });
  cpSync(createRequire(join(root, "sdk", "package.json")).resolve("quickjs-wasi/quickjs.wasm"), join(target, "sandbox", "quickjs.wasm"));
}

async function must(what, args, cwd = root) {
  const code = await run(projectNode(), args, { cwd, env: projectEnv({ NODE_ENV: "production" }), stdio: ["ignore", "inherit", "inherit"] });
  if (code !== 0) throw new Error(`${what} failed (exit ${code}): the messages above say where.`);
}
