// What three sandboxed taps add to a hook call by the hook's kind: one after another, asked at once, or only told; beside the same taps in the kernel's realm
// and the bare round trip of a thread; how long a plugin takes to start, with and without a warm machine; what fifty cost in memory; and how long the event loop waits while one of them loops.
// The threads run the program of the bundle, which is what a person installs. The bars are 150 µs for three taps, 80 ms cold, 10 ms warm, 12 MB a plugin, 50 ms (docs/architecture.md): printed, not asserted.
import { execFileSync } from "node:child_process";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import { nodeSandboxEngine } from "@orrery/host-node/sandbox";
import { definePlugin } from "@orrery/sdk";
import { type SandboxEngine, sandboxedPlugin } from "@orrery/sdk/sandbox";
import { createTestHost, samples, type TestHost } from "@orrery/sdk/testing";

const program = new URL("../../host-node/dist/sandbox-thread.js", import.meta.url);
const rounds = 7;
const calls = 300;
const step = samples.step();
const judged = samples.judgement();
const delta = { run: "run_sample", step: "r0/writer", agent: "writer", text: "a piece " };
const median = (list: number[]): number => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
const hooks = ["step.before", "step.judge", "model.delta"];
const manifest = (id: string) => ({ id, version: "1.0.0", api: "^1.0", hooks, requires: {}, provides: [] });
const code = (id: string, body = "undefined") =>
  `export default { manifest: { id: "${id}", version: "1.0.0", api: "^1.0" }, setup({ tap }) {
    tap("step.before", (step) => ${body}); tap("step.judge", (judged) => undefined); tap("model.delta", (delta) => undefined);
  } };`;
const sandboxed = (id: string, engine: SandboxEngine, body?: string) => sandboxedPlugin({ manifest: manifest(id), code: code(id, body), engine });
const inProcess = (id: string) =>
  definePlugin({
    manifest: { id, version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      tap("step.before", async () => undefined);
      tap("step.judge", async () => undefined);
      tap("model.delta", () => undefined);
    },
  });

/** How the hook asks its taps, and one call of it. */
const kinds = {
  "one after another": (host: TestHost) => host.call("step.before", step),
  "asked at once": (host: TestHost) => host.call("step.judge", judged),
  // A turn, as a model takes between two pieces of its answer: what is told in one goes together.
  "only told": async (host: TestHost) => {
    host.call("model.delta", delta);
    await new Promise(setImmediate);
  },
};
type Kind = keyof typeof kinds;

/** µs a call. */
async function timed(host: TestHost, kind: Kind): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < calls; i += 1) await kinds[kind](host);
  return ((performance.now() - began) / calls) * 1_000;
}

const engine = nodeSandboxEngine({ warm: 1, program });
const ids = ["bench.a", "bench.b", "bench.c"];
const near = await createTestHost({ plugins: ids.map(inProcess) });
const far = await createTestHost();
for (const id of ids) await far.install(sandboxed(id, engine), { tier: "community" });

const echo = new Worker("const { parentPort } = require('node:worker_threads'); parentPort.on('message', (m) => parentPort.postMessage(m));", { eval: true });
const text = JSON.stringify(step);
async function bare(): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < calls; i += 1) {
    await new Promise((resolve) => {
      echo.once("message", resolve);
      echo.postMessage(text);
    });
  }
  return ((performance.now() - began) / calls) * 1_000;
}

const figures = () => ({ near: [] as number[], far: [] as number[] });
const table: { [K in Kind]: ReturnType<typeof figures> } = { "one after another": figures(), "asked at once": figures(), "only told": figures() };
const trips: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  for (const [kind, { near: inRealm, far: inSandbox }] of Object.entries(table)) {
    inRealm.push(await timed(near, kind as Kind));
    inSandbox.push(await timed(far, kind as Kind));
  }
  trips.push(await bare());
}
await echo.terminate();
for (const [kind, { near: inRealm, far: inSandbox }] of Object.entries(table)) {
  const [here, there] = [median(inRealm), median(inSandbox)];
  console.log(
    `three sandboxed taps, ${kind.padEnd(17)}  ${there.toFixed(0).padStart(4)} µs: ${(there - here).toFixed(0)} µs more than in the kernel's realm (bar 150)`,
  );
}
console.log(`three bare round trips of a thread       ${(3 * median(trips)).toFixed(0).padStart(4)} µs, the floor of the first`);
await near.close();
await far.close();
await engine.close();

async function start(warm: number): Promise<number> {
  const each = nodeSandboxEngine({ warm, program });
  const host = await createTestHost();
  await host.install(sandboxed("bench.first", each), { tier: "community" });
  await new Promise((resolve) => setTimeout(resolve, warm > 0 ? 500 : 0));
  const began = performance.now();
  await host.install(sandboxed("bench.second", each), { tier: "community" });
  const took = performance.now() - began;
  await host.close();
  await each.close();
  return took;
}
const [cold, warm] = [[] as number[], [] as number[]];
for (let round = 0; round < 5; round += 1) {
  cold.push(await start(0));
  warm.push(await start(1));
}
console.log(`a plugin's start                     ${median(cold).toFixed(0)} ms cold (bar 80), ${median(warm).toFixed(0)} ms with a warm machine (bar 10)`);

/** MB of resident memory a bare thread takes, in a process of its own: memory that others gave back would be counted as none. */
function bareThread(): string {
  const script = `const { Worker } = require("node:worker_threads");
    (async () => {
      const before = process.memoryUsage().rss;
      for (let i = 0; i < 50; i += 1) await new Promise((up) => new Worker("require('node:worker_threads').parentPort.on('message', () => 0)", { eval: true, env: {} }).once("online", up));
      console.log(((process.memoryUsage().rss - before) / 50 / 2 ** 20).toFixed(1));
      process.exit();
    })();`;
  return execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }).trim();
}

const many = nodeSandboxEngine({ warm: 0, program });
const crowd = await createTestHost();
const before = process.memoryUsage().rss;
for (let i = 0; i < 50; i += 1) await crowd.install(sandboxed(`bench.p${i}`, many), { tier: "community" });
console.log(
  `fifty plugins                        ${((process.memoryUsage().rss - before) / 50 / 2 ** 20).toFixed(1)} MB of resident memory each (bar 12); a bare thread takes ${bareThread()}`,
);
for (let i = 0; i < 50; i += 1) await crowd.kernel.uninstall(`bench.p${i}`);
const resident: number[] = [];
for (let round = 0; round < 200; round += 1) {
  await crowd.install(sandboxed("bench.again", many), { tier: "community" });
  await crowd.kernel.uninstall("bench.again");
  if (round % 50 === 49) resident.push(process.memoryUsage().rss / 2 ** 20);
}
console.log(
  `200 installs and uninstalls          resident after each 50: ${resident.map((each) => each.toFixed(0)).join(", ")} MB; ${many.workers()} threads left`,
);

await crowd.install(sandboxed("bench.loop", many, "{ for (;;) {} }"), { tier: "community" });
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
await crowd.call("step.before", step);
delay.disable();
console.log(`the event loop while one loops       p99 ${(delay.percentile(99) / 1e6 - 5).toFixed(1)} ms beyond the 5 ms it is asked every (bar 50)`);
await crowd.close();
await many.close();
