import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { makeWhole, sweep } from "../../scripts/lib/whole-folder.mjs";
import { servePage } from "../support/page-server.ts";
import { root, scratch } from "./support.ts";

const library = JSON.stringify(new URL("../../scripts/lib/whole-folder.mjs", import.meta.url).href);

/** A process of its own, with the programs it starts: killed together. */
function build(script: string): ChildProcess {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", `import { makeWhole } from ${library};\n${script}`], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => kill(child));
  return child;
}
async function kill(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, "SIGKILL");
  await once(child, "exit");
}
/** Each line tells of something it has done. */
const told = (child: ChildProcess) => once(child.stdout as NodeJS.ReadableStream, "data");

const write = (folder: string, text: string): void => {
  mkdirSync(join(folder, "assets"), { recursive: true });
  for (const name of ["index.html", "sw.js", "assets/page.js"]) writeFileSync(join(folder, name), text);
};
const read = (folder: string) => ["index.html", "sw.js", "assets/page.js"].map((name) => readFileSync(join(folder, name), "utf8"));
const pageIn = (folder: string) => {
  const page = join(folder, "page");
  write(page, "old");
  return page;
};
const never = "new Promise(() => setInterval(() => {}, 1_000))";

it("a build killed in the middle leaves the old page whole and served, and the next one sweeps up what it left", async () => {
  const page = pageIn(scratch("build"));
  const server = await servePage("/", page);
  onTestFinished(() => server.close());
  const child = build(`import { writeFileSync } from "node:fs";
    await makeWhole(${JSON.stringify(page)}, async (fresh) => {
      writeFileSync(fresh + "/index.html", "new");
      console.log("half");
      await ${never};
    });`);
  await told(child);
  expect(await (await fetch(server.url)).text()).toBe("old");
  await kill(child);
  expect(read(page)).toEqual(["old", "old", "old"]);
  expect(readdirSync(`${page}.new`)).toEqual([String(child.pid)]);
  await makeWhole(page, (fresh: string) => write(fresh, "newer"));
  expect(read(page)).toEqual(["newer", "newer", "newer"]);
  expect(existsSync(`${page}.new`)).toBe(false);
});

it("the page's own build is killed while its files are written, and nothing of them is in the page", async () => {
  const page = pageIn(scratch("build"));
  const child = build(`import { bundlePage } from ${JSON.stringify(new URL("../../scripts/lib/build.mjs", import.meta.url).href)};
    await makeWhole(${JSON.stringify(page)}, (fresh) => {
      bundlePage(fresh).catch(() => process.exit(1));
      return ${never};
    });`);
  const fresh = join(`${page}.new`, String(child.pid));
  await expect.poll(() => child.exitCode ?? (existsSync(fresh) ? readdirSync(fresh).length > 0 : false), { timeout: 100_000, interval: 5 }).toBe(true);
  await kill(child);
  expect(readdirSync(page).sort()).toEqual(["assets", "index.html", "sw.js"]);
  expect(read(page)).toEqual(["old", "old", "old"]);
  sweep(page);
  expect(read(page)).toEqual(["old", "old", "old"]);
  expect(existsSync(`${page}.new`)).toBe(false);
}, 120_000);

it("a build killed between taking the old page away and putting the new one there: the old one is put back", async () => {
  const page = pageIn(scratch("build"));
  const child = build(`await makeWhole(${JSON.stringify(page)}, () => { console.log("begun"); return ${never}; });`);
  await told(child);
  await kill(child);
  renameSync(page, join(`${page}.new`, `${child.pid}.old`));
  sweep(page);
  expect(read(page)).toEqual(["old", "old", "old"]);
  expect(existsSync(`${page}.new`)).toBe(false);
});

it("killed at any moment, the page is of one build", async () => {
  const page = pageIn(scratch("build"));
  for (let round = 0; round < 8; round += 1) {
    const child = build(`import { mkdirSync, writeFileSync } from "node:fs";
      for (let i = 0; ; i += 1)
        await makeWhole(${JSON.stringify(page)}, async (fresh) => {
          mkdirSync(fresh + "/assets");
          for (const name of ["index.html", "sw.js", "assets/page.js"]) writeFileSync(fresh + "/" + name, "${round}." + i);
          console.log(i);
          await new Promise((resolve) => setImmediate(resolve));
        });`);
    await told(child);
    for (let more = 0; more < round; more += 1) await told(child);
    await kill(child);
    sweep(page);
    expect(new Set(read(page)).size).toBe(1);
    expect(existsSync(`${page}.new`)).toBe(false);
  }
});

it("what another process makes now is left to it, and a build that fails changes nothing", async () => {
  const page = pageIn(scratch("build"));
  const child = build(`await makeWhole(${JSON.stringify(page)}, () => { console.log("begun"); return ${never}; });`);
  await told(child);
  const failed = makeWhole(page, () => {
    throw new Error("no room");
  });
  await expect(failed).rejects.toThrow("no room");
  expect(read(page)).toEqual(["old", "old", "old"]);
  expect(readdirSync(`${page}.new`)).toEqual([String(child.pid)]);
});
