import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";

/** Without a window, with an empty profile, calling nobody. */
const flags = [
  "--headless",
  // It ends with the pipe, however this process ends; no port is opened.
  "--remote-debugging-pipe",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-extensions",
  "--disable-sync",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--mute-audio",
];
/** ms it has to go by itself. */
const goodbyeMs = 5_000;

/** A browser with one page open. */
export interface Browser {
  /** Resolves when it is gone, with the last it said. */
  readonly gone: Promise<string>;
  close(): Promise<void>;
}

export async function openBrowser(program: string, url: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), "orrery-browser-"));
  // Chromium does not start as root with its own sandbox.
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const child = spawn(program, [...flags, ...asRoot, `--user-data-dir=${profile}`, url], { stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"] });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2_000);
  });
  const [, , , orders, answers] = child.stdio as unknown as [unknown, unknown, unknown, Writable, NodeJS.ReadableStream];
  orders.on("error", () => undefined);
  answers.on("error", () => undefined).resume();
  const gone = new Promise<string>((resolve) => {
    child.on("error", ({ message }) => resolve(message));
    child.on("exit", () => resolve(said.trim()));
  });
  return {
    gone,
    async close() {
      orders.write('{"id":1,"method":"Browser.close"}\0');
      const impatience = setTimeout(() => child.kill("SIGKILL"), goodbyeMs);
      await gone;
      clearTimeout(impatience);
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
