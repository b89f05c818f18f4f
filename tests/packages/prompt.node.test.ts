import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { type IPty, spawn } from "@lydell/node-pty";
import type { InstalledPackage } from "@orrery/sdk";
import { packPlugin } from "@orrery/sdk/package";
import { describe, expect, it, onTestFinished } from "vitest";
import { cleanEnv, orrery, root, scratch } from "../node/support.ts";

const id = "acme.asker";
const keys = { enter: "\r", space: " ", down: "\u001b[B", ctrlC: "\u0003", ctrlD: "\u0004", escape: "\u001b" };

const packed = () =>
  packPlugin({
    manifest: {
      id,
      version: "1.0.0",
      api: "^1.0",
      title: "Asker",
      capabilities: [
        { name: "model.call", reason: "to ask how good it is" },
        { name: "storage:1KB", reason: "to count" },
      ],
      budget: { runUsd: 0.1, dayUsd: 1, reason: "the good judges cost money" },
      hooks: ["step.after"],
      requires: {},
      provides: [],
    },
    code: `export default {
      manifest: { id: "${id}", version: "1.0.0", api: "^1.0", capabilities: ["model.call", "storage:1KB"], budget: { runUsd: 0.1, dayUsd: 1, reason: "the good judges cost money" } },
      setup({ tap }) { tap("step.after", (result) => result); },
    };`,
  });

/** The command as a person at a terminal has it: what it shows, and keys to press. */
class Seat {
  readonly #pty: IPty;
  #shown = "";
  #from = 0;
  readonly ended: Promise<number>;

  constructor(args: readonly string[], home: string) {
    const env = { ...cleanEnv(home), TERM: "xterm-256color" } as Record<string, string>;
    this.#pty = spawn(process.execPath, [join(root, "host-node", "src", "main.ts"), ...args], { name: "xterm-256color", cols: 120, rows: 60, env });
    this.#pty.onData((data) => {
      this.#shown += data;
    });
    this.ended = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)));
    let over = false;
    void this.ended.then(() => {
      over = true;
    });
    onTestFinished(() => {
      if (!over) this.#pty.kill();
    });
  }

  get shown(): string {
    return stripVTControlCharacters(this.#shown);
  }

  /** Waits until it shows this after the last key, and presses the next ones. */
  async at(words: string, ...pressed: readonly string[]): Promise<void> {
    await expect.poll(() => this.shown.slice(this.#from), { timeout: 60_000 }).toContain(words);
    for (const key of pressed) {
      this.#from = this.shown.length;
      this.#pty.write(key);
    }
  }
}

async function setUp(...flags: string[]) {
  const [home, work] = [scratch("home"), scratch("work")];
  const file = join(work, "asker.tgz");
  await writeFile(file, await packed());
  const seat = new Seat(["plugin", "install", file, "--allow-unsigned", ...flags], home);
  const installed = async (): Promise<InstalledPackage | undefined> =>
    JSON.parse((await orrery(["plugin", "list", "--json"], cleanEnv(home))).stdout).packages.find((each: InstalledPackage) => each.id === id);
  /** Not a file of it is there. */
  const nothing = async (): Promise<void> => {
    expect(existsSync(join(home, "orrery-lock.json"))).toBe(false);
    expect(existsSync(join(home, "packages")) ? (await readdir(join(home, "packages"))).filter((name) => name !== ".lock") : []).toEqual([]);
    expect(await installed()).toBeUndefined();
  };
  return { seat, installed, nothing };
}
const may = "What may it do?";
const spend = "What may it spend on models?";
const sure = `Install ${id}?`;

describe("orrery plugin install at a terminal", { timeout: 240_000 }, () => {
  it("asks for each thing in words; what is chosen is granted, and a smaller sum that is typed", async () => {
    const { seat, installed } = await setUp();
    await seat.at(may, keys.space, keys.enter);
    expect(seat.shown).toMatch(/UNSIGNED: nobody can tell whom it is from[\s\S]*because: “the good judges cost money”/);
    await seat.at(spend, keys.down);
    await seat.at("as it asks", keys.down);
    await seat.at("less than it asks", keys.enter);
    await seat.at("at most 0.1,1", "lots", keys.enter);
    // Garbage, and more than it asks for, are no sums: it asks again.
    await seat.at("US dollars a run and a day", ..."\u007f".repeat(4), ..."5,50", keys.enter);
    await seat.at("US dollars a run and a day", ..."\u007f".repeat(4), ..."0.05,0.5", keys.enter);
    await seat.at(sure, "y");
    expect(await seat.ended).toBe(0);
    expect(seat.shown).toContain("It may: model.call, spend up to $0.05 a run, $0.50 a day on models.");
    expect(await installed()).toMatchObject({ granted: ["model.call"], budget: { granted: { runUsd: 0.05, dayUsd: 0.5 } } });
  });

  it("grants nothing that is not chosen, and no money without the models it is for", async () => {
    const { seat, installed } = await setUp();
    await seat.at(may, keys.down);
    await seat.at("(to count)", keys.space, keys.enter);
    await seat.at(sure, "y");
    expect(await seat.ended).toBe(0);
    expect(seat.shown).not.toContain(spend);
    expect(await installed()).toMatchObject({ granted: ["storage:1KB"], budget: { granted: { runUsd: 0, dayUsd: 0 } } });
  });

  it("installs nothing when the answer is no", async () => {
    const { seat, nothing } = await setUp();
    await seat.at(may, keys.enter);
    await seat.at(sure, "n");
    expect(await seat.ended).toBe(2);
    expect(seat.shown).toContain("Nothing was changed.");
    await nothing();
  });

  it("asks on when what is typed is no answer, and Enter alone is a no", async () => {
    const { seat, nothing } = await setUp("--grant", "none");
    expect(await seat.ended).toBe(0);
    const other = await setUp();
    await other.seat.at(may, keys.enter);
    await other.seat.at(sure, "q", "7", keys.enter);
    expect(await other.seat.ended).toBe(2);
    await other.nothing();
    await expect(nothing()).rejects.toThrow();
  });

  for (const [name, key] of Object.entries({ "Ctrl+C": keys.ctrlC, Escape: keys.escape, "the end of input": keys.ctrlD }))
    for (const where of [may, spend, sure])
      it(`leaves nothing behind after ${name} at “${where}”`, async () => {
        const { seat, nothing } = await setUp();
        await seat.at(may, ...(where === may ? [key] : where === spend ? [keys.space, keys.enter] : [keys.enter]));
        if (where !== may) await seat.at(where, key);
        expect(await seat.ended).toBe(2);
        expect(seat.shown).toContain("Nothing was changed.");
        await nothing();
      });
});
