import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunReport } from "@orrery/sdk";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bin = join(root, "node_modules", ".bin", process.platform === "win32" ? "orrery.cmd" : "orrery");

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A person's machine: a home of its own, no keys but those given, nothing found on loopback. */
export interface Cli {
  readonly home: string;
  run(args: readonly string[], options?: { env?: Record<string, string>; input?: string; timeoutMs?: number }): Promise<CliResult>;
  /** Runs with `--json` and parses the one object on stdout. */
  json<T = RunReport>(args: readonly string[], options?: { env?: Record<string, string> }): Promise<CliResult & { object: T }>;
  remove(): Promise<void>;
}

export async function cli(base: Record<string, string> = {}): Promise<Cli> {
  const home = await mkdtemp(join(tmpdir(), "orrery-home-"));
  const run: Cli["run"] = (args, { env = {}, input = "", timeoutMs = 300_000 } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(bin, args, {
        cwd: root,
        shell: process.platform === "win32",
        env: { PATH: process.env.PATH ?? "", HOME: home, ORRERY_HOME: join(home, "orrery"), NO_COLOR: "1", ...base, ...env },
      });
      let stdout = "";
      let stderr = "";
      const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
      child.stdout.on("data", (data) => {
        stdout += data;
      });
      child.stderr.on("data", (data) => {
        stderr += data;
      });
      child.on("error", reject);
      child.on("close", (code) => {
        clearTimeout(timer);
        resolve({ code, stdout, stderr });
      });
      child.stdin.end(input);
    });
  return {
    home,
    run,
    async json<T>(args: readonly string[], options: { env?: Record<string, string> } = {}) {
      const result = await run([...args, "--json"], options);
      try {
        return { ...result, object: JSON.parse(result.stdout) as T };
      } catch {
        throw new Error(
          `orrery ${args.join(" ")} (exit ${result.code}) did not print one JSON object: ${result.stdout.slice(0, 500)}\n${result.stderr.slice(0, 1_000)}`,
        );
      }
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}
