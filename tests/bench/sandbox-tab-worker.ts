// The kernel's worker of sandbox-tab.bench.ts: what a sandboxed tap adds in Chromium. It measures when it is given the port to the page, and says what it measured.
import { type Frames, framesOver, tabSandboxEngine } from "@orrery/host-browser/sandbox";
import { definePlugin } from "@orrery/sdk";
import { type SandboxEngine, sandboxedPlugin } from "@orrery/sdk/sandbox";
import { createTestHost, samples, type TestHost } from "@orrery/sdk/testing";

const rounds = 7;
const calls = 100;
const step = samples.step();
let frames: Frames;
let echoes: Frames;
const median = (list: number[]): number => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
const manifest = (id: string) => ({ id, version: "1.0.0", api: "^1.0", hooks: ["step.before"], requires: {}, provides: [] });
const code = (id: string) =>
  `export default { manifest: { id: "${id}", version: "1.0.0", api: "^1.0" }, setup({ tap }) { tap("step.before", () => undefined); } };`;
const sandboxed = (id: string, engine: SandboxEngine) => sandboxedPlugin({ manifest: manifest(id), code: code(id), engine });
const inProcess = (id: string) =>
  definePlugin({
    manifest: { id, version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      tap("step.before", async () => undefined);
    },
  });
const engineOf = (warm: number) => tabSandboxEngine({ warm, frames });

/** ms a call of the hook. */
async function timed(host: TestHost): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < calls; i += 1) await host.call("step.before", step);
  return (performance.now() - began) / calls;
}

/** A worker in a frame of the same kind that only says what it hears. */
async function echo(): Promise<() => Promise<number>> {
  const { port1, port2 } = new MessageChannel();
  echoes.open(1, port2);
  const text = JSON.stringify(step);
  const once = () =>
    new Promise((resolve) => {
      port1.onmessage = resolve;
      port1.postMessage(text);
    });
  await once();
  return async () => {
    const began = performance.now();
    for (let i = 0; i < calls; i += 1) await once();
    return (performance.now() - began) / calls;
  };
}

async function taps() {
  const engine = engineOf(1);
  const ids = ["bench.a", "bench.b", "bench.c"];
  const near = await createTestHost({ plugins: ids.map(inProcess) });
  const far = await createTestHost();
  for (const id of ids) await far.install(sandboxed(id, engine), { tier: "community" });
  const bare = await echo();
  const table = { near: [] as number[], far: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    table.near.push(await timed(near));
    table.far.push(await timed(far));
    table.bare.push(await bare());
  }
  await near.close();
  await far.close();
  await engine.close();
  return { near: median(table.near), far: median(table.far), bare: median(table.bare) };
}

async function start(warm: number): Promise<number> {
  const engine = engineOf(warm);
  const host = await createTestHost();
  await host.install(sandboxed("bench.first", engine), { tier: "community" });
  while (engine.workers() < 1 + warm) await new Promise((resolve) => setTimeout(resolve, 20));
  const began = performance.now();
  await host.install(sandboxed("bench.second", engine), { tier: "community" });
  const took = performance.now() - began;
  await host.close();
  await engine.close();
  return took;
}

async function measure() {
  const figures = await taps();
  const [cold, warm] = [[] as number[], [] as number[]];
  for (let round = 0; round < 5; round += 1) {
    cold.push(await start(0));
    warm.push(await start(1));
  }
  return { ...figures, cold: median(cold), warm: median(warm) };
}

self.onmessage = async ({ ports: [toGuests, toEchoes] }: MessageEvent<null>) => {
  if (!toGuests || !toEchoes) return;
  frames = framesOver(toGuests);
  echoes = framesOver(toEchoes);
  self.postMessage(await measure());
};
