// What a sandboxed tap adds to a hook call in Chromium, where the kernel is in a worker, beside the same tap in the kernel's realm and the bare round trip of a port to another worker;
// and how long a plugin takes to start there, with and without a warm machine.
// The bars are 1.5 ms for three taps, 300 ms cold, 50 ms warm (docs/architecture.md): printed, not asserted.
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { pagePolicy } from "../../playground/build/policy.ts";
import { launchChromium } from "../support/chromium.ts";
import { servePage } from "../support/page-server.ts";

interface Figures {
  readonly near: number;
  readonly far: number;
  readonly bare: number;
  readonly cold: number;
  readonly warm: number;
}

async function built(file: string): Promise<string> {
  const entry = fileURLToPath(new URL(file, import.meta.url));
  const output = await build({
    configFile: false,
    logLevel: "warn",
    build: { write: false, target: "es2023", lib: { entry, formats: ["es"], fileName: "bench" }, rolldownOptions: { output: { codeSplitting: false } } },
  });
  const [bundle] = Array.isArray(output) ? output : [output];
  if (!bundle || !("output" in bundle)) throw new Error(`${file} was not built`);
  return bundle.output[0].code;
}

const page = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${pagePolicy}"><script type="module" src="./bench.js"></script>`;
const server = await servePage("/bench/", undefined, {
  instead: { "index.html": page, "bench.js": await built("sandbox-tab-page.ts"), "bench-worker.js": await built("sandbox-tab-worker.ts") },
});
const browser = await launchChromium();
const tab = await browser.newPage();
await tab.goto(server.url);
await tab.waitForFunction(() => "measured" in globalThis);
const { near, far, bare, cold, warm } = await tab.evaluate(() => (globalThis as unknown as { measured: Promise<Figures> }).measured);
console.log(`three taps in the kernel's realm     ${near.toFixed(3)} ms`);
console.log(`three sandboxed taps, one by one     ${far.toFixed(2)} ms: ${(far - near).toFixed(2)} ms more (bar 1.5)`);
console.log(
  `three bare round trips of a port     ${(3 * bare).toFixed(2)} ms, the floor of that: the sandbox takes ${(far / (3 * bare)).toFixed(2)} times as long`,
);
console.log(`a plugin's start                     ${cold.toFixed(0)} ms cold (bar 300), ${warm.toFixed(0)} ms with a warm machine (bar 50)`);
await browser.close();
await server.close();
