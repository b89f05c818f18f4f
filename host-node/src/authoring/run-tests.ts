import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { OrreryError } from "@orrery/sdk";
import { failureOf } from "../cli/failure.ts";
import { findSdk, linkSdk } from "../author-sdk.ts";
import { bundlePlugin } from "../packages/bundle-plugin.ts";
import { configOf } from "../packages/pack-plugin.ts";
import type { TabRealm } from "./tab-realm.ts";

export const realms = ["kernel", "sandbox", "tab"] as const;
export type RealmName = (typeof realms)[number];

/** A plugin's own tests in one realm, or why they were not run there. */
export interface RealmResult {
  readonly realm: RealmName;
  readonly passed: number;
  readonly failed: number;
  /** Of the SDK's claims about any plugin. */
  readonly claims: { readonly held: number; readonly broken: number };
  /** Seconds are the tests' own business; this is what they said when one failed, or a claim did not hold. */
  readonly output?: string;
  readonly skipped?: string;
}

/**
 * Runs the tests beside a plugin, unchanged, with the plugin in each realm that is here, and the SDK's claims about any plugin; in those that were named, or not at all.
 * `signal` breaks it off: an AbortError, once what was started is gone. Throws SOURCE_INVALID when its source is no plugin for a sandbox, and for a tab that was named BROWSER_MISSING, BROWSER_UNUSABLE, BROWSER_FAILED, PAGE_MISSING.
 */
export async function runAuthorTests(path: string, named: readonly RealmName[], signal: AbortSignal): Promise<RealmResult[]> {
  const wanted = named.length > 0 ? realms.filter((realm) => named.includes(realm)) : realms;
  const { code, folder, file: source } = await bundlePlugin(path);
  const [own, config, sdk] = await Promise.all([testsOf(path, source), configOf(path), findSdk()]);
  const place = await mkdtemp(join(tmpdir(), "orrery-plugin-test-"));
  // It starts while the first tests run; what it fails with is told in its turn.
  const tab = wanted.includes("tab") ? openTab() : undefined;
  tab?.catch(() => undefined);
  try {
    const file = join(place, "plugin.js");
    await writeFile(file, code);
    await linkSdk(place, sdk);
    const preload = ["--import", program("test-realm").href];
    const results: RealmResult[] = [];
    const forClaims = { ORRERY_TEST_CLAIMS: file, ...(config === undefined ? {} : { ORRERY_TEST_CONFIG: JSON.stringify(config) }) };
    const within = async (realm: RealmName, flags: readonly string[], more: Record<string, string>): Promise<RealmResult> => {
      const [tests, claims] = await Promise.all([
        run(folder, flags, own, more, signal),
        run(place, flags, [fileURLToPath(program("general-claims"))], { ...more, ...forClaims }, signal),
      ]);
      const output = [tests.output, claims.output].filter((text) => text !== undefined).join("\n");
      const { passed, failed } = tests;
      return { realm, passed, failed, claims: { held: claims.passed, broken: claims.failed }, ...(output === "" ? {} : { output }) };
    };
    for (const realm of wanted) {
      if (realm === "kernel") results.push(await within(realm, [], {}));
      else if (realm === "sandbox") results.push(await within(realm, preload, { ORRERY_TEST_PLUGIN: file }));
      else results.push(await inTab((address) => within(realm, preload, { ORRERY_TEST_PLUGIN: file, ORRERY_TEST_TAB: address }), tab, named.length > 0));
    }
    return results;
  } finally {
    await tab?.then(
      ({ close }) => close(),
      () => undefined,
    );
    await rm(place, { recursive: true, force: true });
  }
}

/** A program of this folder, as it is here: from its source, or beside the bundle. */
const program = (name: string): URL => new URL(`./${name}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

const openTab = async (): Promise<TabRealm> => (await import("./tab-realm.ts")).openTabRealm();

/** A tab that nobody named and that is not here is no failure of the plugin. */
async function inTab(work: (address: string) => Promise<RealmResult>, tab: Promise<TabRealm> | undefined, named: boolean): Promise<RealmResult> {
  let address: string;
  try {
    ({ address } = await (tab ?? openTab()));
  } catch (thrown) {
    if (named || !(thrown instanceof OrreryError)) throw thrown;
    const { message, do: todo } = failureOf(thrown);
    return { realm: "tab", passed: 0, failed: 0, claims: { held: 0, broken: 0 }, skipped: [message, todo].filter(Boolean).join(". ") };
  }
  return work(address);
}

/** Of a folder every test in it; beside a single file may lie the tests of others, so of that its own (`x.test.js` of `x.js`), if it has any. */
async function testsOf(path: string, source: string): Promise<string[]> {
  if ((await stat(path)).isDirectory()) return [];
  const { dir, name } = parse(source);
  const own = (await readdir(dir)).filter((file) => file.startsWith(`${name}.test.`));
  return own.map((file) => join(dir, file));
}

function run(
  cwd: string,
  flags: readonly string[],
  files: readonly string[],
  more: Record<string, string>,
  signal: AbortSignal,
): Promise<{ passed: number; failed: number; output?: string }> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, [...flags, "--test", "--test-reporter=tap", ...files], {
    cwd,
    env: { ...env, ...more },
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const count = (name: string): number => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(output)?.[1] ?? 0);
      const failed = count("fail") + count("cancelled");
      const wrong = code !== 0 && failed === 0 ? 1 : failed;
      resolve({ passed: count("pass"), failed: wrong, ...(wrong > 0 ? { output } : {}) });
    });
  });
}
