import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PluginReport } from "@orrery/sdk";
import { expect, it } from "vitest";
import { cleanEnv, orrery, scratch } from "../node/support.ts";

it("five commands lead from nothing to an installed plugin in its sandbox, in TypeScript as well", async () => {
  const home = scratch("author");
  const env = cleanEnv(home);
  const folder = join(home, "acme-hello");
  const said = async (...args: string[]) => {
    const ran = await orrery(args, env);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    return ran.stdout;
  };
  await said("create", "plugin", "acme-hello", "--dir", folder);
  const source = await readFile(join(folder, "index.js"), "utf8");
  await writeFile(join(folder, "greet.ts"), "export const greeting: string = 'Hello';\n");
  await writeFile(join(folder, "index.js"), `import { greeting } from "./greet.ts";\n${source.replace("`Hello!", "`${greeting}!")}`);
  await said("plugin", "dev", folder, "--once", "--no-run");
  await said("plugin", "test", folder);
  const file = join(home, "acme-hello.tgz");
  expect(JSON.parse(await said("plugin", "pack", folder, "--out", file, "--json"))).toMatchObject({
    id: "acme.hello",
    hooks: ["task.finish", "task.plan"],
  });
  await said("plugin", "install", file, "--allow-unsigned", "--grant-all", "--json");
  expect(JSON.parse(await said("plugins", "inspect", "acme.hello", "--json")) as PluginReport).toMatchObject({
    tier: "community",
    state: "active",
    taps: [{ hook: "task.plan" }, { hook: "task.finish" }],
  });
}, 240_000);
