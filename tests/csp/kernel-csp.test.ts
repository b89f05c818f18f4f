import { readdir, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import type { Outcome } from "./vitest-shim.ts";

const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";
const sources = new URL("../../kernel/src/", import.meta.url);
const shim = fileURLToPath(new URL("vitest-shim.ts", import.meta.url));

let server: Server | undefined;
let browser: Browser | undefined;

/** The kernel's suite, all of it that is not Node's alone, in one module with the shim for vitest's runner. */
async function bundle(): Promise<string> {
  const files = (await readdir(sources)).filter((name) => name.endsWith(".test.ts") && !name.endsWith(".node.test.ts"));
  const entry = "\0suite";
  const code = [
    ...files.map((name) => `import ${JSON.stringify(fileURLToPath(new URL(name, sources)))};`),
    `import { runTests } from ${JSON.stringify(shim)};`,
    // Tried by the page itself: what a debugger evaluates is exempt from the policy.
    'globalThis.made = (() => { try { return new Function("return 1")(); } catch (thrown) { return thrown.name; } })();',
    "runTests().then((outcomes) => { globalThis.outcomes = outcomes; });",
  ].join("\n");
  const build = await rolldown({
    input: entry,
    platform: "browser",
    resolve: { alias: { vitest: shim } },
    plugins: [
      {
        name: "suite",
        // "?copy" is how the suite asks for a second copy of a module, as two bundles would hold.
        resolveId: (id, importer) =>
          id === entry ? id : id.endsWith("?copy") && importer ? `${fileURLToPath(new URL(id, pathToFileURL(importer)))}?copy` : null,
        load: async (id) =>
          id === entry ? code : id.endsWith("?copy") ? { code: await readFile(id.slice(0, -"?copy".length), "utf8"), moduleType: "ts" } : null,
      },
    ],
    logLevel: "silent",
  });
  const { output } = await build.generate({ format: "esm", codeSplitting: false });
  await build.close();
  return output[0].code;
}

beforeAll(async () => {
  const code = await bundle();
  server = createServer((request, response) => {
    const script = request.url === "/suite.js";
    response.writeHead(200, { "content-security-policy": policy, "content-type": script ? "text/javascript" : "text/html" });
    response.end(script ? code : '<!doctype html><meta charset="utf-8"><script type="module" src="/suite.js"></script>');
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

describe("the kernel in Chromium under the page's content security policy", () => {
  it("passes its own suite where no code can be made from text", async () => {
    const page = await (browser as Browser).newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`http://127.0.0.1:${((server as Server).address() as AddressInfo).port}/`);
    await page
      .waitForFunction(() => "outcomes" in globalThis, undefined, { timeout: 280_000 })
      .catch((error: Error) => {
        throw new Error(`the suite never ended: ${complaints.join("; ") || error.message}`);
      });
    const { outcomes, made } = await page.evaluate(() => {
      const page = globalThis as unknown as { outcomes: Outcome[]; made: unknown };
      return { outcomes: page.outcomes, made: page.made };
    });
    expect(made).toBe("EvalError");
    expect(outcomes.filter((outcome) => outcome.error)).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(100);
    expect(outcomes.filter((outcome) => outcome.name.includes("what tapable's generated code did")).length).toBe(4);
    await page.close();
  });
});
