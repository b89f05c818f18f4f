import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundlePlugin } from "../packages/bundle-plugin.ts";

/** A plugin's own tests in one realm, or why they were not run there. */
export interface RealmResult {
  readonly realm: "kernel" | "sandbox" | "tab";
  readonly passed: number;
  readonly failed: number;
  /** Seconds are the tests' own business; this is what they said when one failed. */
  readonly output?: string;
  readonly skipped?: string;
}

/** Runs the tests beside a plugin, unchanged, in each realm that is here. Throws SOURCE_INVALID when its source is no plugin for a sandbox. */
export async function runAuthorTests(path: string): Promise<RealmResult[]> {
  const { code, folder } = await bundlePlugin(path);
  const place = await mkdtemp(join(tmpdir(), "orrery-plugin-test-"));
  try {
    const file = join(place, "plugin.js");
    await writeFile(file, code);
    const preload = new URL(import.meta.url.endsWith(".ts") ? "./test-realm.ts" : "./test-realm.js", import.meta.url).href;
    return [
      await run("kernel", folder, [], {}),
      await run("sandbox", folder, ["--import", preload], { ORRERY_TEST_PLUGIN: file }),
      {
        realm: "tab",
        passed: 0,
        failed: 0,
        skipped: "no browser is driven from the command line; Extend → Playground in the page loads the same file in the tab",
      },
    ];
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

function run(realm: RealmResult["realm"], cwd: string, flags: readonly string[], more: Record<string, string>): Promise<RealmResult> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, [...flags, "--test", "--test-reporter=tap"], { cwd, env: { ...env, ...more }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const count = (name: string): number => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(output)?.[1] ?? 0);
      const failed = count("fail") + count("cancelled");
      const wrong = code !== 0 && failed === 0 ? 1 : failed;
      resolve({ realm, passed: count("pass"), failed: wrong, ...(wrong > 0 ? { output } : {}) });
    });
  });
}
