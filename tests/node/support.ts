import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A folder that goes with the test. */
export function scratch(name: string): string {
  const dir = mkdtempSync(join(tmpdir(), `orrery-${name}-`));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }));
  return dir;
}

/** An environment without the person's own keys, settings and local model servers. */
export function cleanEnv(home: string, more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(ORRERY_|OPENAI_|ANTHROPIC_|GOOGLE_|OLLAMA_|LMSTUDIO_|VITEST|NODE_OPTIONS|NODE_ENV)/.test(name)),
  );
  return { ...kept, ORRERY_HOME: home, ORRERY_DISCOVER: "false", NO_COLOR: "1", ...more };
}

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}
/** Starts the real command: the bundle where it is built, and that costs a third of the sources' start; the sources where they are newer. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess & { done: Promise<Ran> } {
  const child = spawn(process.execPath, [join(root, "host-node", "bin", "orrery.js"), ...args], { env, stdio: ["pipe", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const done = new Promise<Ran>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    // Its folder goes next, and what it still wrote with it.
    await gone;
  });
  return Object.assign(child, { done });
}
export function orrery(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  const child = start(args, env);
  child.stdin?.end();
  return child.done;
}
