import { exec } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanEnv, root, start } from "../node/support.ts";

const run = promisify(exec);
/** The commands of a page, in its order. */
const commandsOf = async (page: string): Promise<string[]> => {
  const text = await readFile(join(root, "docs/plugins", page), "utf8");
  return [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)]
    .flatMap(([, block = ""]) => block.split("\n").map((line) => line.trim()))
    .filter((line) => line !== "");
};

describe("the author's guide", { timeout: 240_000 }, () => {
  let home = "";
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "orrery-guide-"));
  });
  afterAll(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));

  it.each(["create.md", "dev.md", "test.md", "pack.md", "models.md"])("%s: every command on it works, one after another", async (page) => {
    const commands = await commandsOf(page);
    expect(commands.length).toBeGreaterThan(0);
    const env = cleanEnv(join(home, "orrery"), { PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env["PATH"]}` });
    // The server that runs, where a page speaks of it.
    if (commands.some((command) => command.includes("--attach"))) {
      start(["serve", "--port", "0"], env);
      await expect.poll(() => existsSync(join(home, "orrery/server.json"))).toBe(true);
    }
    for (const command of commands) {
      expect(command).toMatch(/^orrery /);
      // It watches until somebody ends it.
      const line = command.startsWith("orrery plugin dev") ? `${command} --once` : command;
      await run(line, { cwd: home, env });
    }
  });
});
