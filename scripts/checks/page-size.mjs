import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "../lib/paths.mjs";

const limits = { initial: 150 * 1024, beforeModel: 250 * 1024 };
const site = join(root, "playground", "dist");

/** What the page loads at once, and what its tab needs before a model is connected (page, first room and kernel worker), gzipped. */
export const pageSize = {
  name: "page budget",
  async run() {
    const index = join(site, "index.html");
    if (!existsSync(index)) return { failures: ["playground/dist/index.html is missing: run `npm run build` first"], summary: "" };
    const html = readFileSync(index, "utf8");
    const entries = [...html.matchAll(/<(?:script|link)\b[^>]*?(?:src|href)="([^"]+\.js)"/g)].map(([, path]) => path);
    const initial = closure(entries.map(local));
    const sizeOf = (files) => [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(site, file)), { level: 9 }).length, 0);
    const bytes = sizeOf(initial);
    const starters = scripts().filter((file) => /new Worker\([^;]*orrery kernel/.test(read(file)));
    const workers = starters.flatMap(workersOf);
    const before = sizeOf(closure([...initial, ...starters, ...workers]));
    const failures = [];
    if (initial.size === 0) failures.push("the page names no script: nothing was measured");
    if (bytes > limits.initial) failures.push(`the page's initial JavaScript is ${kb(bytes)} gzipped; ${kb(limits.initial)} are allowed`);
    if (workers.length === 0) failures.push("no script starts the worker that is named orrery kernel: the tab's kernel was not measured");
    if (before > limits.beforeModel) failures.push(`the tab needs ${kb(before)} gzipped before a model is connected; ${kb(limits.beforeModel)} are allowed`);
    return { failures, summary: `${kb(bytes)} of 150 KB initial, ${kb(before)} of 250 KB with the kernel's worker` };
  },
};

/** The files reached by static imports. */
function closure(start) {
  const seen = new Set();
  const queue = [...start];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file) || !existsSync(join(site, file))) continue;
    seen.add(file);
    const code = read(file);
    for (const [, target] of code.matchAll(/(?:\bfrom|\bimport)\s*["'](\.{1,2}\/[^"']+\.js)["']/g)) queue.push(join(file, "..", target));
  }
  return seen;
}

function workersOf(file) {
  return [...read(file).matchAll(/["'`]([^"'`\s]*worker[^"'`\s]*\.js)["'`]/gi)]
    .map(([, path]) => (existsSync(join(site, local(path))) ? local(path) : join(file, "..", path)))
    .filter((path) => existsSync(join(site, path)));
}

function scripts() {
  return readdirSync(join(site, "assets"))
    .filter((name) => name.endsWith(".js"))
    .map((name) => join("assets", name));
}

function read(file) {
  return readFileSync(join(site, file), "utf8");
}

function local(path) {
  return path.replace(/^\.?\//, "");
}

function kb(bytes) {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
