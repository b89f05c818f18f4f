import { availableParallelism } from "node:os";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { sandboxFilesPlugin } from "./playground/build/sandbox-files.ts";
import { chromiumFlags, softwareWebGpuFlags } from "./scripts/lib/chromium-flags.mjs";
import { findChromium } from "./scripts/lib/chromium.mjs";

// Which file runs where is in its name:
//   x.test.ts           Node; in kernel/ also Node without code generation, and Chromium; in sdk/ also Node without code generation
//   x.portable.test.ts  Node and Chromium, in any package
//   x.node.test.ts      Node only
//   x.browser.test.tsx  Chromium only
// tests/e2e, tests/csp and tests/packaging start servers, browsers and installers of their own, two files at a time.
const never = ["**/node_modules/**", "**/dist/**", "tests/fixtures/**"];
const endToEnd = ["tests/{e2e,csp,packaging}/**/*.test.ts"];
const chromium = await findChromium();

export default defineConfig({
  test: {
    fsModuleCache: false,
    // Two on two cores, where Vitest would take one: most files wait for programs that they started.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What is waited for comes at once or, on a busy machine, some seconds later: a second would tell of the machine.
    expect: { poll: { timeout: 60_000 } },
    coverage: { provider: "v8", include: ["{kernel,sdk,host-node,host-browser}/src/**", "plugins/**"], reporter: ["text-summary", "json-summary"] },
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          environment: "node",
          include: ["**/*.test.ts"],
          exclude: [...never, ...endToEnd, "**/*.browser.test.ts"],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "node-strict",
          environment: "node",
          pool: "forks",
          execArgv: ["--disallow-code-generation-from-strings"],
          include: ["{kernel,sdk}/src/**/*.test.ts"],
          exclude: [...never, "**/*.browser.test.ts", "**/*.node.test.ts"],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        plugins: [sandboxFilesPlugin(import.meta.dirname)],
        // Loaded by a plugin when it is first used; found that late, Vite would reload the page in the middle of a test.
        optimizeDeps: {
          include: ["@huggingface/transformers", "@ai-sdk/openai-compatible", "@ai-sdk/provider", "@pydantic/genai-prices"].map(
            (name) => `@orrery/host-node > @orrery/plugins > ${name}`,
          ),
        },
        test: {
          name: "browser",
          include: ["kernel/src/**/*.test.ts", "**/*.portable.test.ts", "**/*.browser.test.{ts,tsx}"],
          exclude: [...never, ...endToEnd, "**/*.node.test.ts"],
          benchmark: { include: [] },
          sequence: { groupOrder: 1 },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: "chromium" }],
            provider: playwright({ launchOptions: { args: [...chromiumFlags, ...softwareWebGpuFlags], ...(chromium ? { executablePath: chromium } : {}) } }),
          },
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          environment: "node",
          include: endToEnd,
          exclude: never,
          testTimeout: 600_000,
          hookTimeout: 600_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
