import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { locateHome } from "../../host-node/src/home.ts";
import { cleanPlugin } from "../../host-node/src/packages/clean-plugin.ts";
import { exclusively } from "../../host-node/src/packages/exclusive.ts";
import { copyOf, fileOf, parseLockfile } from "../../host-node/src/packages/lockfile.ts";
import { PackageStore } from "../../host-node/src/packages/package-store.ts";
import { openStoreDatabase } from "../../host-node/src/plugins/storage/sqlite-storage.ts";
import { root, scratch } from "../node/support.ts";
import { canary, id, signed } from "./plugins.ts";

const rounds = 40;
const grants: { readonly [version: string]: readonly string[] } = { "1.0.0": ["storage:1KB"], "2.0.0": ["storage:1KB", "documents.read"] };

/** Runs the process until it has done `changes` changes and a little more, kills it, and tells what it was about to do. */
async function killed(
  dir: string,
  seed: number,
  files: readonly string[],
  changes: number,
  moreMs: number,
): Promise<{ from: string | null; to: string | null }> {
  const child = spawn(process.execPath, [join(root, "tests/packages/package-process.ts"), dir, String(seed), ...files], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  const enough = new Promise<void>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      if (text.split("done").length > changes) resolve();
    });
  });
  const gone = new Promise((resolve) => child.on("close", resolve));
  await enough;
  await setTimeout(moreMs);
  child.kill("SIGKILL");
  await gone;
  const lines = text.split("\n").filter((line) => line.startsWith("{") && line.endsWith("}"));
  const started = lines.map((line) => JSON.parse(line) as { from: string | null; to: string | null; done?: boolean });
  return started.findLast(({ done }) => !done) ?? { from: null, to: null };
}

it(`a process that is killed while it installs, updates or removes leaves the old state or the new, ${rounds} times`, { timeout: 300_000 }, async () => {
  const dir = scratch("kill");
  const home = locateHome(dir);
  const files = await Promise.all(
    Object.entries(grants).map(async ([version, capabilities]) => {
      const file = join(scratch("archive"), `${version}.tgz`);
      await writeFile(file, await signed(version, capabilities));
      return file;
    }),
  );
  const store = new PackageStore(home, cleanPlugin(home));
  const left = new Set<string>();
  for (let round = 1; round <= rounds; round += 1) {
    const { from, to } = await killed(dir, round * 7_919, files, 1 + (round % 4), (round * 37) % 23);
    const [entry, ...more] = await store.list();
    expect(more).toEqual([]);
    expect([from, to], `round ${round}`).toContain(entry?.version ?? null);
    if (entry) {
      expect(entry.granted).toEqual(grants[entry.version]);
      expect((await store.load(entry)).manifest.version).toBe(entry.version);
    }
    // What can be gone back to is as whole as what is installed.
    const previous = entry?.previous;
    if (previous) {
      expect(previous.granted).toEqual(grants[previous.version]);
      expect((await store.load(previous)).manifest.version).toBe(previous.version);
    }
    // What a damaged lockfile would be put back from says one of the two as well.
    const copy = parseLockfile(await readFile(copyOf(home.lockfile), "utf8"));
    expect([from, to], `round ${round}`).toContain(copy.packages[0]?.version ?? null);
    for (const name of await readdir(home.packages)) left.add(name.replace(/-[0-9a-f]{16}/, "").replace(/\.\d+\.part$/, ".part"));

    await store.sweep();
    const kept = (await readdir(home.packages)).filter((name) => name !== ".lock");
    expect(kept.sort()).toEqual([entry, previous].flatMap((each) => (each ? [fileOf(each)] : [])).sort());
    expect((await readdir(dir)).filter((name) => name.endsWith(".part"))).toEqual([]);
    expect(JSON.parse(await readFile(home.lockfile, "utf8"))).toMatchObject({ leaving: [] });
    if (!entry && existsSync(home.store)) {
      openStoreDatabase(home.store).close();
      expect((await readFile(home.store)).includes(canary)).toBe(false);
    }
  }
  expect([...left].sort()).toEqual(expect.arrayContaining([`${id}-1.0.0.tgz`, `${id}-2.0.0.tgz`]));
});

it("one process at a time changes what is installed; the others wait, and are told when it takes too long", async () => {
  const file = join(scratch("busy"), ".lock");
  const order: string[] = [];
  await exclusively(file, async () => {
    const second = exclusively(file, async () => order.push("second"));
    order.push("first");
    await setTimeout(50);
    order.push("first still");
    return { second };
  }).then(({ second }) => second);
  expect(order).toEqual(["first", "first still", "second"]);
  await exclusively(file, async () => {
    await expect(exclusively(file, async () => order.push("never"))).rejects.toMatchObject({ code: "PACKAGES_BUSY" });
  });
  expect(order).not.toContain("never");
});
