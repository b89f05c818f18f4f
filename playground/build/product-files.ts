import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, relative, resolve, sep } from "node:path";
import type { Plugin } from "vite";

type Files = Map<string, () => Buffer>;
const require = createRequire(resolve(import.meta.dirname, "../../plugins/package.json"));

function walk(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}
const slashed = (path: string) => path.split(sep).join("/");

/** What lies beside the page under `assets/`: the sentence encoder, the one WebAssembly runtime, and the example with its index. */
function productFiles(root: string): Files {
  const files: Files = new Map();
  const model = join(root, "plugins/embeddings/model");
  for (const path of walk(model)) {
    if ([".json", ".onnx"].includes(extname(path))) files.set(slashed(relative(model, path)), () => readFileSync(path));
  }
  const wasm = join(dirname(require.resolve("onnxruntime-web")), "ort-wasm-simd-threaded.wasm");
  files.set("ort/ort-wasm-simd-threaded.wasm", () => readFileSync(wasm));

  const examples = join(root, "examples");
  const folder = existsSync(examples) ? readdirSync(examples).find((name) => existsSync(join(examples, name, "example.json"))) : undefined;
  if (folder) {
    const about = JSON.parse(readFileSync(join(examples, folder, "example.json"), "utf8")) as { task: string; documents: string };
    const from = join(examples, folder, about.documents);
    const documents = walk(from)
      .map((path) => slashed(relative(from, path)))
      .sort();
    files.set("example/index.json", () =>
      Buffer.from(JSON.stringify({ task: about.task, documents: documents.map((path) => ({ path, title: titleOf(join(from, path)) })) })),
    );
    for (const path of documents) files.set(`example/${path}`, () => readFileSync(join(from, path)));
  }
  files.set("index.json", () => Buffer.from(JSON.stringify([...files.keys()].filter((name) => !name.startsWith("example/") && name !== "index.json"))));
  return files;
}

function titleOf(path: string): string {
  const heading = [".md", ".txt"].includes(extname(path)) ? /^#\s+(.+)$/m.exec(readFileSync(path, "utf8"))?.[1] : undefined;
  return heading ?? slashed(path).split("/").at(-1) ?? path;
}

const types: Record<string, string> = {
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".md": "text/markdown",
  ".html": "text/html",
  ".csv": "text/csv",
};

/** Puts the product's files beside the page, in a build and in the development server, and the service worker that keeps it all for offline. */
export function productFilesPlugin(root: string): Plugin {
  return {
    name: "orrery-product-files",
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = /^\/assets\/(.+?)(\?|$)/.exec(decodeURI(request.url ?? ""))?.[1];
        const read = name === undefined ? undefined : productFiles(root).get(name);
        if (!read || name === undefined) return next();
        response.setHeader("content-type", types[extname(name)] ?? "application/octet-stream");
        response.end(read());
      });
    },
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        // onnxruntime's own loader names the runtime too; the plugin hands it the bytes, so one copy is enough.
        for (const name of Object.keys(bundle)) if (/ort-.*\.wasm$/.test(name)) delete bundle[name];
        for (const [name, read] of productFiles(root)) this.emitFile({ type: "asset", fileName: `assets/${name}`, source: read() });
      },
    },
  };
}

/** Emits `sw.js` with the list of all that was built, and its hash as the cache's name. */
export function serviceWorkerPlugin(source: string, extra: readonly string[]): Plugin {
  return {
    name: "orrery-service-worker",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const hash = createHash("sha256");
        const urls = ["./", ...extra];
        for (const [name, output] of Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1))) {
          if (name.endsWith(".map")) continue;
          hash.update(name).update(output.type === "chunk" ? output.code : output.source);
          if (name !== "index.html" && !urls.includes(name)) urls.push(name);
        }
        const head = `const version = ${JSON.stringify(hash.digest("hex").slice(0, 16))};\nconst files = ${JSON.stringify(urls)};\nconst later = [];\n`;
        this.emitFile({ type: "asset", fileName: "sw.js", source: head + readFileSync(source, "utf8") });
      },
    },
  };
}
