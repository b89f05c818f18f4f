import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { emitDeclarations } from "./declarations.mjs";
import { root } from "./paths.mjs";

const entries = { kernel: ["index.d.ts"], sdk: ["index.d.ts", "testing/index.d.ts"] };
const specifier = /(\bfrom\s+|\bimport\()"([^"]+)"/g;

/** Declarations of the SDK, the kernel and the two libraries their types name, in one folder with no imports out of it. */
export async function writeSdkTypes(folder) {
  const emitted = mkdtempSync(join(tmpdir(), "orrery-sdk-types-"));
  try {
    for (const name of ["kernel", "sdk"]) {
      const { code, stdout, stderr } = await emitDeclarations(name, emitted);
      if (code !== 0) throw new Error(`no declarations came out of ${name}: ${stdout}${stderr}`);
      const source = join(emitted, name, "src");
      for (const entry of entries[name]) copyClosure(join(source, entry), source, join(folder, name));
    }
  } finally {
    rmSync(emitted, { recursive: true, force: true });
  }
  // Written by hand, so the compiler does not emit it.
  cpSync(join(root, "kernel", "src", "globals.d.ts"), join(folder, "kernel", "globals.d.ts"));
  const fromSdk = createRequire(join(root, "sdk", "package.json"));
  copyClosure(join(dirname(fromSdk.resolve("zod/package.json")), "index.d.ts"), dirname(fromSdk.resolve("zod/package.json")), join(folder, "zod"));
  mkdirSync(join(folder, "standard-schema"), { recursive: true });
  cpSync(fromSdk.resolve("@standard-schema/spec").replace(/\.c?js$/, ".d.ts"), join(folder, "standard-schema", "index.d.ts"));
  const bare = { "@orrery/kernel": "kernel/index.js", zod: "zod/index.js", "@standard-schema/spec": "standard-schema/index.js" };
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const text = readFileSync(file, "utf8")
      .replace(/^import "[^"]+";\n/gm, "")
      .replace(specifier, (_, before, target) => {
        if (target.startsWith(".")) return `${before}"${target.replace(/\.ts$/, ".js")}"`;
        const inside = bare[target];
        if (!inside) throw new Error(`${relative(folder, file)} names the types of ${target}, which authors would not have`);
        const path = relative(dirname(file), join(folder, inside)).replaceAll("\\", "/");
        return `${before}"${path.startsWith(".") ? path : `./${path}`}"`;
      });
    writeFileSync(file, text);
  }
}

/** A declaration file and those it reaches by relative imports, at the same places under `target`. */
function copyClosure(entry, base, target) {
  const seen = new Set();
  const queue = [entry];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const copy = join(target, relative(base, file));
    mkdirSync(dirname(copy), { recursive: true });
    cpSync(file, copy);
    for (const [, , name] of readFileSync(file, "utf8").matchAll(specifier)) {
      const found = join(dirname(file), name.replace(/\.(?:[cm]?js|ts)$/, ".d.ts"));
      if (name.startsWith(".") && existsSync(found)) queue.push(found);
    }
  }
}
