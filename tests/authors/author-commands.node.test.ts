import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cleanEnv, orrery, scratch, start } from "../node/support.ts";

type News = { is: string; message?: string; hook?: string; at?: string; kept?: boolean; again?: boolean; status?: string; capability?: string };

async function created(): Promise<{ folder: string; env: NodeJS.ProcessEnv; index: string; source: string }> {
  const home = scratch("author");
  const env = cleanEnv(home);
  const folder = join(home, "acme-hello");
  expect((await orrery(["create", "plugin", "acme-hello", "--dir", folder], env)).code).toBe(0);
  const index = join(folder, "index.js");
  return { folder, env, index, source: await readFile(index, "utf8") };
}
const passed = (stdout: string) =>
  Object.fromEntries(
    (JSON.parse(stdout) as { results: { realm: string; passed: number; failed: number }[] }).results.map((each) => [each.realm, [each.passed, each.failed]]),
  );

describe("orrery plugin test", { timeout: 120_000 }, () => {
  it("runs the tests a plugin was made with in the kernel's realm and, unchanged, in the sandbox, and says what it skipped", async () => {
    const { folder, env } = await created();
    const ran = await orrery(["plugin", "test", folder, "--json"], env);
    expect(ran.code).toBe(0);
    expect(passed(ran.stdout)).toEqual({ kernel: [2, 0], sandbox: [2, 0], tab: [0, 0] });
    expect((await orrery(["plugin", "test", folder], env)).stdout).toMatch(/in the sandbox of a tab +skipped: /);
  });

  it("finds what works in the kernel's realm and not in the sandbox", async () => {
    const { folder, env, index, source } = await created();
    await writeFile(index, source.replace("Hello!", '${typeof process === "undefined" ? "Inside" : "Hello"}!'));
    const ran = await orrery(["plugin", "test", folder, "--json"], env);
    expect(ran.code).toBe(1);
    expect(passed(ran.stdout)).toEqual({ kernel: [2, 0], sandbox: [1, 1], tab: [0, 0] });
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

describe("orrery plugin dev", { timeout: 120_000 }, () => {
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
