import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { pagePolicy } from "../../playground/build/policy.ts";
import { launchChromium } from "./chromium.ts";
import { servePage } from "./page-server.ts";

/** One of tests/bench as a script of its own. */
async function bundled(file: string): Promise<string> {
  const entry = fileURLToPath(new URL(`../bench/${file}`, import.meta.url));
  const output = await build({
    configFile: false,
    logLevel: "warn",
    build: { write: false, target: "es2023", lib: { entry, formats: ["es"], fileName: "bench" }, rolldownOptions: { output: { codeSplitting: false } } },
  });
  const [bundle] = Array.isArray(output) ? output : [output];
  if (!bundle || !("output" in bundle)) throw new Error(`${file} was not built`);
  return bundle.output[0].code;
}

export interface BenchPage {
  readonly browser: Browser;
  readonly tab: Page;
  close(): Promise<void>;
}

/** A page of tests/bench in Chromium, under the product's policy; it starts the worker program as `bench-worker.js`. */
export async function openBenchPage(pageProgram: string, workerProgram: string, args: string[] = []): Promise<BenchPage> {
  const page = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${pagePolicy}"><script type="module" src="./bench.js"></script>`;
  const server = await servePage("/bench/", undefined, {
    instead: { "index.html": page, "bench.js": await bundled(pageProgram), "bench-worker.js": await bundled(workerProgram) },
  });
  const browser = await launchChromium({ args });
  const tab = await browser.newPage();
  await tab.goto(server.url);
  return {
    browser,
    tab,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** What the page program leaves in `globalThis.measured`. */
export async function measuredInChromium<T>(pageProgram: string, workerProgram: string): Promise<T> {
  const { tab, close } = await openBenchPage(pageProgram, workerProgram);
  try {
    await tab.waitForFunction(() => "measured" in globalThis, undefined, { timeout: 120_000, polling: 500 });
    return await tab.evaluate(() => (globalThis as unknown as { measured: T }).measured);
  } finally {
    await close();
  }
}
