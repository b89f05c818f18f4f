// Bundles the `orrery` command into a folder (node bundle-cli.mjs FOLDER): everything but native modules (the database, the bundler), in chunks that load when a command needs them.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { root } from "./paths.mjs";

const folder = process.argv[2];
try {
  if (!folder) throw new Error("node bundle-cli.mjs FOLDER: the folder to write the bundle into is missing");
  await bundleCommandLine();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function bundleCommandLine() {
  const bundle = await rolldown({
    input: {
      main: join(root, "host-node", "src", "main.ts"),
      "sandbox-thread": join(root, "host-node", "src", "sandbox", "sandbox-thread.ts"),
      "general-claims": join(root, "host-node", "src", "authoring", "general-claims.ts"),
      "test-realm": join(root, "host-node", "src", "authoring", "test-realm.ts"),
    },
    cwd: join(root, "host-node"),
    platform: "node",
    transform: { target: "node22" },
    external: [/^better-sqlite3$/, /^esbuild$/, /^@huggingface\/transformers$/],
    // An import that nothing in the workspace answers would be found by the person who installed the product.
    onLog(level, log, handler) {
      if (log.code === "UNRESOLVED_IMPORT") throw new Error(log.message);
      if (level === "warn" && !["EVAL", "COMMONJS_VARIABLE_IN_ESM", "INVALID_ANNOTATION"].includes(log.code ?? "")) handler(level, log);
    },
  });
  const { output } = await bundle.write({
    dir: folder,
    format: "esm",
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
  });
  await bundle.close();
  writeFileSync(join(folder, "THIRD_PARTY_LICENSES.txt"), licences(output));
}

/** The licence texts of every package that went into the bundle, as their licences ask. */
function licences(output) {
  const folders = new Set(output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : [])).map(packageFolder));
  folders.delete(undefined);
  const entries = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const texts = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file) && !/\.(js|ts|json)$/.test(file));
    return { title: `${name} ${version} (${license ?? "see below"})`, text: texts.map((file) => readFileSync(join(folder, file), "utf8").trim()).join("\n\n") };
  });
  entries.sort((a, b) => (a.title < b.title ? -1 : 1));
  return entries.map(({ title, text }) => `${title}\n${"-".repeat(title.length)}\n${text}\n`).join("\n\n");
}

/** node_modules/<name> or node_modules/@scope/<name> above a module, when it is a third party's. */
function packageFolder(id) {
  const found = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id.replace(/[?#].*$/, ""))?.[0];
  return found && existsSync(join(found, "package.json")) ? found : undefined;
}
