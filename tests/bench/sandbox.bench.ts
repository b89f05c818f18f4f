// What a sandboxed tap adds to a hook call, beside the same tap in the kernel's realm and the bare round trip of a thread; how long a plugin takes
// to start, with and without a warm machine; what fifty cost in memory; and how long the event loop waits while one of them loops.
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
const median = (list: number[]): number => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
const manifest = (id: string) => ({ id, version: "1.0.0", api: "^1.0", hooks: ["step.before"], requires: {}, provides: [] });
const code = (id: string, body = "undefined") =>
  `export default { manifest: { id: "${id}", version: "1.0.0", api: "^1.0" }, setup({ tap }) { tap("step.before", (step) => ${body}); } };`;
const sandboxed = (id: string, engine: SandboxEngine, body?: string) => sandboxedPlugin({ manifest: manifest(id), code: code(id, body), engine });
const inProcess = (id: string) =>
  definePlugin({
    manifest: { id, version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      tap("step.before", async () => undefined);
    },
  });

/** µs a call of the hook. */
async function timed(host: TestHost): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < calls; i += 1) await host.call("step.before", step);
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

const table = { near: [] as number[], far: [] as number[], bare: [] as number[] };
for (let round = 0; round < rounds; round += 1) {
  table.near.push(await timed(near));
  table.far.push(await timed(far));
  table.bare.push(await bare());
}
await echo.terminate();
const [inRealm, inSandbox, roundTrip] = [median(table.near), median(table.far), median(table.bare)];
console.log(`three taps in the kernel's realm     ${inRealm.toFixed(0)} µs`);
console.log(`three sandboxed taps, one by one     ${inSandbox.toFixed(0)} µs: ${(inSandbox - inRealm).toFixed(0)} µs more (bar 150)`);
console.log(
  `three bare round trips of a thread   ${(3 * roundTrip).toFixed(0)} µs, the floor of that: the sandbox takes ${(inSandbox / (3 * roundTrip)).toFixed(2)} times as long`,
);
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
