// How long the server takes from its process's start to its first 200, beside an empty Fastify's, in turns in the same run.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const rounds = 9;
const bar = 2;
const root = resolve(import.meta.dirname, "../..");
const home = mkdtempSync(join(tmpdir(), "orrery-bench-"));
const product = installed();

const contenders = {
  "empty Fastify": (port: number) => [join(import.meta.dirname, "empty-fastify.mjs"), String(port)],
  "orrery serve": (port: number) => [product, "serve", "--port", String(port)],
};

try {
  const times = new Map<string, number[]>(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, args] of Object.entries(contenders)) {
      const ms = await firstAnswer(args(await freePort()));
      // The first round warms the disk's cache and makes the data folder.
      if (round > 0) times.get(name)?.push(ms);
    }
  }
  console.table(
    Object.fromEntries(
      [...times].map(([name, list]) => [name, { "median ms": Math.round(median(list)), "fastest ms": Math.round(Math.min(...list)), rounds }]),
    ),
  );
  const factor = median(times.get("orrery serve") ?? []) / median(times.get("empty Fastify") ?? []);
  console.log(`orrery serve takes ${factor.toFixed(2)} times an empty Fastify's start (bar: ${bar})`);
  process.exitCode = factor <= bar ? 0 : 1;
} finally {
  rmSync(home, { recursive: true, force: true });
}

/** The command as it is installed: its bundle without the sources beside it, which it would compare the bundle with. */
function installed(): string {
  const bundle = join(root, "host-node/dist");
  if (!existsSync(join(bundle, "main.js"))) throw new Error("host-node/dist/main.js is missing: run `npm run build` first");
  mkdirSync(join(home, "product/bin"), { recursive: true });
  writeFileSync(join(home, "product/package.json"), JSON.stringify({ type: "module" }));
  symlinkSync(bundle, join(home, "product/dist"), "junction");
  copyFileSync(join(root, "host-node/bin/orrery.js"), join(home, "product/bin/orrery.js"));
  return join(home, "product/bin/orrery.js");
}

async function firstAnswer([script, ...args]: string[]): Promise<number> {
  if (!script) throw new Error("no script to start");
  const port = args.at(-1);
  const started = performance.now();
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  try {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode} before it answered:\n${errors}`);
      const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
      if (answer?.status === 200) return performance.now() - started;
      await pause(2);
    }
  } finally {
    await end(child);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const closed = once(child, "close");
  // Asked first, as a person's Ctrl-C would: what Node compiled is kept at a proper exit only.
  child.kill("SIGTERM");
  const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await closed;
  clearTimeout(patience);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  server.close();
  await once(server, "close");
  return address.port;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
