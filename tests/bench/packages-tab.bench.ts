// What installing a package in a tab leaves: 200 installs and removals of a sandboxed plugin in Chromium, with what the browser's processes hold after 1, 50, 100 and 200 of them
// (their own memory, after a collection), the frames, workers, taps and rows that are left; and what a plugin that runs takes there.
// Printed, not asserted; tests/sandbox/packages-in-a-tab.browser.test.ts asserts what is left.
import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { openBenchPage } from "../support/bench-page.ts";

interface Left {
  readonly ms?: number;
  readonly workers: number;
  readonly plugins: number;
  readonly taps: number;
  readonly rows: number;
}

const { browser, tab, close } = await openBenchPage("packages-tab-page.ts", "packages-tab-worker.ts", ["--js-flags=--expose-gc"]);
await tab.waitForFunction(() => "ask" in globalThis);
const ask = (what: object): Promise<Left> => tab.evaluate((given) => (globalThis as unknown as { ask(what: object): Promise<Left> }).ask(given), what);
const system = await browser.newBrowserCDPSession();
const page = await tab.context().newCDPSession(tab);

/** MB that the renderers hold and share with nobody, after a collection in the page; the worker collects before it answers. */
async function resident(): Promise<number> {
  await page.send("HeapProfiler.collectGarbage");
  await setTimeout(500);
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  const renderers = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  const held = await Promise.all(renderers.map(async (pid) => readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "")));
  return held.reduce((sum, text) => sum + Number(/^Private_Dirty:\s+(\d+)/m.exec(text)?.[1] ?? 0), 0) / 1024;
}
const frames = (): Promise<number> => tab.locator("iframe").count();

let done = 0;
for (const until of [1, 50, 100, 200]) {
  const { ms = 0, workers, plugins, taps, rows } = await ask({ rounds: until - done });
  done = until;
  console.log(
    `after ${String(until).padStart(3)} installs and removals  ${(await resident()).toFixed(0)} MB held, ${workers} workers, ${await frames()} frames, ${plugins} plugins, ${taps} taps, ${rows} rows; ${ms.toFixed(0)} ms each`,
  );
}
const [before, more] = [await resident(), 10];
await ask({ install: more });
const during = await resident();
console.log(
  `a plugin that runs in the tab        ${((during - before) / more).toFixed(1)} MB (of ${more}: ${before.toFixed(0)} MB before, ${during.toFixed(0)} MB with them)`,
);
await ask({ remove: true });
console.log(`after they were removed              ${(await resident()).toFixed(0)} MB held, ${await frames()} frames`);
await close();
