import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findChromium } from "../../scripts/lib/chromium.mjs";
import { cleanEnv, orrery, root, scratch, start } from "../node/support.ts";

type Realm = { realm: string; passed: number; failed: number; claims: { held: number; broken: number } };
type News = { is: string; message?: string; hook?: string; at?: string; kept?: boolean; again?: boolean; status?: string; capability?: string };

async function created(kind?: string): Promise<{ folder: string; env: NodeJS.ProcessEnv; index: string; source: string }> {
  const home = scratch("author");
  const chromium = await findChromium();
  const env = cleanEnv(home, chromium ? { CHROMIUM_PATH: chromium } : {});
  const folder = join(home, "acme-hello");
  expect((await orrery(["create", "plugin", "acme-hello", "--dir", folder, ...(kind ? ["--kind", kind] : [])], env)).code).toBe(0);
  const index = join(folder, "index.js");
  return { folder, env, index, source: await readFile(index, "utf8") };
}
const resultsOf = (stdout: string): Realm[] => (JSON.parse(stdout) as { results: Realm[] }).results;
const passed = (stdout: string) => Object.fromEntries(resultsOf(stdout).map((each) => [each.realm, [each.passed, each.failed]]));

describe("orrery create plugin --kind", { timeout: 240_000 }, () => {
  it.each([
    ["router", 3, ["task.route"]],
    ["judge", 3, ["task.judge"]],
    ["observer", 2, ["event", "ui.view"]],
    ["tool", 3, ["tool.call", "tool.list"]],
  ])("%s: begins as the sample of that kind, under its own name, and passes its tests in every realm", async (kind, tests, hooks) => {
    const { folder, env, source } = await created(kind);
    expect(source).toContain('id: "acme.hello",\n    version: "0.1.0",\n    api: "^1.0",\n    title: "Hello",');
    expect(await readFile(join(folder, "README.md"), "utf8")).toMatch(/An Orrery plugin, `acme.hello`. \S/);
    const ran = await orrery(["plugin", "test", folder, "--json"], env);
    expect(ran, ran.stdout).toMatchObject({ code: 0 });
    expect(passed(ran.stdout)).toEqual({ kernel: [tests, 0], sandbox: [tests, 0], tab: [tests, 0] });
    const packed = await orrery(["plugin", "pack", folder, "--out", join(folder, "packed.tgz"), "--json"], env);
    expect(JSON.parse(packed.stdout)).toMatchObject({ id: "acme.hello", version: "0.1.0", hooks });
  });

  it("knows which there are", async () => {
    const ran = await orrery(["create", "plugin", "acme-hello", "--kind", "moon"], cleanEnv(scratch("author")));
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringMatching(/PLUGIN_KIND_UNKNOWN[\s\S]*hello, router, judge, observer, tool/)]);
  });
});

describe("orrery plugin test", { timeout: 240_000 }, () => {
  it("runs the tests a plugin was made with, unchanged, with it in the kernel's realm, in the sandbox of Node and in that of a tab", async () => {
    const { folder, env } = await created();
    const ran = await orrery(["plugin", "test", folder, "--json"], env);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(passed(ran.stdout)).toEqual({ kernel: [2, 0], sandbox: [2, 0], tab: [2, 0] });
    for (const { claims } of resultsOf(ran.stdout)) expect(claims).toEqual({ held: 5, broken: 0 });
  });

  it("checks what holds for any plugin in each realm, also of one without tests of its own", async () => {
    const { folder, env, index, source } = await created();
    await rm(join(folder, "index.test.js"));
    const bare = await orrery(["plugin", "test", folder], env);
    expect([bare.code, bare.stdout.match(/no tests of its own; 5 general claims hold/g)]).toEqual([0, expect.objectContaining({ length: 3 })]);
    await writeFile(index, source.replace("Agents at work", "${plan.nothing.there} Agents at work"));
    const broken = await orrery(["plugin", "test", folder, "--json"], env);
    expect([broken.code, resultsOf(broken.stdout).map(({ claims }) => claims.broken)]).toEqual([1, [1, 1, 1]]);
    expect(broken.stdout).toContain("answers a sample of each hook it taps without a fault");
  });

  it("runs them in the realms that were named, and knows which there are", async () => {
    const { folder, env } = await created();
    const one = await orrery(["plugin", "test", folder, "--json", "--realm", "tab"], env);
    expect([one.code, passed(one.stdout)]).toEqual([0, { tab: [2, 0] }]);
    const none = await orrery(["plugin", "test", folder, "--realm", "moon"], env);
    expect([none.code, none.stderr]).toEqual([1, expect.stringMatching(/REALM_UNKNOWN[\s\S]*kernel, sandbox, tab/)]);
  });

  it("skips the tab where there is no browser, says what to do, and fails for it when it was named", async () => {
    const { folder, env } = await created();
    const bare = { ...env, PATH: "", CHROMIUM_PATH: "" };
    const all = await orrery(["plugin", "test", folder], bare);
    expect([all.code, all.stdout]).toEqual([
      0,
      expect.stringMatching(/in the sandbox of a tab +skipped: no Chromium, Chrome or Edge was found on this machine. Install one, or set CHROMIUM_PATH/),
    ]);
    const named = await orrery(["plugin", "test", folder, "--realm", "tab"], bare);
    expect([named.code, named.stderr]).toEqual([1, expect.stringContaining("BROWSER_MISSING")]);
    const wrong = await orrery(["plugin", "test", folder, "--realm", "tab"], { ...bare, CHROMIUM_PATH: folder.concat("/none") });
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("BROWSER_UNUSABLE")]);
    const broken = await orrery(["plugin", "test", folder, "--realm", "tab"], { ...bare, CHROMIUM_PATH: process.execPath });
    expect([broken.code, broken.stderr]).toEqual([1, expect.stringContaining("BROWSER_FAILED")]);
  });

  it("leaves nothing behind when it is interrupted: no browser, no folder", async () => {
    const { folder, env } = await created();
    const tmp = join(folder, "../tmp");
    await mkdir(tmp);
    const left = async () => (await readdir(tmp)).filter((name) => name.startsWith("orrery-"));
    const ran = start(["plugin", "test", folder], { ...env, TMPDIR: tmp });
    await expect.poll(left, { timeout: 60_000 }).toHaveLength(2);
    ran.kill("SIGINT");
    expect((await ran.done).code).toBe(130);
    expect(await left()).toEqual([]);
  });

  it("runs of a single file's neighbours only its own tests", async () => {
    const { env } = await created();
    const ran = await orrery(["plugin", "test", join(root, "examples/plugins/word-count.js"), "--json", "--realm", "kernel"], env);
    expect(passed(ran.stdout)).toEqual({ kernel: [3, 0] });
  });

  it("finds what works in the kernel's realm and not in the sandbox", async () => {
    const { folder, env, index, source } = await created();
    await writeFile(index, source.replace("Hello!", '${typeof process === "undefined" ? "Inside" : "Hello"}!'));
    const ran = await orrery(["plugin", "test", folder, "--json"], env);
    expect(ran.code).toBe(1);
    expect(passed(ran.stdout)).toEqual({ kernel: [2, 0], sandbox: [1, 1], tab: [1, 1] });
    expect(ran.stdout).toContain("Inside! Agents at work");
  });

  it("names file and line of a source that cannot be read", async () => {
    const { folder, env, index, source } = await created();
    await writeFile(index, source.replace("setup({ tap", "setup({ tap tap"));
    const ran = await orrery(["plugin", "test", folder], env);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/SOURCE_INVALID.* index\.js:5:\d+: /);
  });
});

describe("orrery plugin dev", { timeout: 240_000 }, () => {
  it("loads at each change, survives what is broken, shows hooks firing, faults with their line, and what was denied", async () => {
    const { folder, env, index, source } = await created();
    const dev = start(["plugin", "dev", folder, "--json", "--task", "Say hello", "--deny", "model.call"], env);
    const news: News[] = [];
    let rest = "";
    dev.stdout?.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      news.push(...lines.map((line) => JSON.parse(line) as News));
    });
    const hear = (wanted: Partial<News>) => expect.poll(() => news, { timeout: 60_000 }).toContainEqual(expect.objectContaining(wanted));
    await hear({ is: "loaded", id: "acme.hello", again: false } as Partial<News>);
    await hear({ is: "fired", hook: "task.plan", outcome: "result" } as Partial<News>);
    await hear({ is: "ran" });

    await writeFile(index, source.replace("setup({ tap", "setup({ tap tap"));
    await hear({ is: "broken", kept: true, message: expect.stringMatching(/^index\.js:5:\d+: /) });

    await writeFile(
      index,
      source
        .replace('api: "^1.0",', 'api: "^1.0", capabilities: [{ name: "model.call", reason: "to ask" }],')
        .replace('tap("task.plan", (plan) => ({', 'tap("step.before", (step) => step);\n    tap("task.plan", (plan) => ({ ...plan.nothing.there,'),
    );
    await hear({ is: "loaded", again: true });
    await hear({ is: "fault", at: expect.stringMatching(/^index\.js:7:\d+$/) });
    await hear({ is: "fired", hook: "task.plan", outcome: "error" } as Partial<News>);
    await hear({ is: "ran", denied: ["model.call"] } as Partial<News>);
    dev.kill("SIGINT");
    expect((await dev.done).code).toBe(0);
  });

  it("says so where there is no plugin", async () => {
    const missing = await orrery(["plugin", "dev", "/nowhere/at-all"], cleanEnv(scratch("author")));
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringMatching(/PLUGIN_NOT_FOUND .*there is no plugin at/)]);
  });

  it("once is for scripts: what loads ends with 0, what does not with 1 and the place", async () => {
    const { folder, env, index } = await created();
    const good = await orrery(["plugin", "dev", folder, "--once", "--no-run"], env);
    expect([good.code, good.stdout]).toEqual([0, expect.stringMatching(/^loaded {3}acme\.hello 0\.1\.0 in \d+ ms, taps task\.finish, task\.plan$/m)]);
    await writeFile(index, "const none = undefined;\n\nexport default none.plugin;\n");
    const bad = await orrery(["plugin", "dev", folder, "--once", "--no-run"], env);
    expect([bad.code, bad.stdout]).toEqual([1, expect.stringMatching(/SOURCE_INVALID .*\(index\.js:3:\d+\)/)]);
  });
});
