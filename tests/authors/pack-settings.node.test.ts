import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PackageReport } from "@orrery/sdk";
import { describe, expect, it } from "vitest";
import { cleanEnv, orrery, root, scratch } from "../node/support.ts";

/** Packs a plugin whose configuration is this expression, as its author would. */
async function packed(config: string, library = 'import { z } from "zod";') {
  const home = scratch("settings");
  const folder = join(home, "acme-typed");
  await mkdir(join(folder, "node_modules"), { recursive: true });
  await symlink(join(root, "sdk/node_modules/zod"), join(folder, "node_modules/zod"), "junction");
  await writeFile(join(folder, "package.json"), '{ "type": "module", "orrery": { "config": { "times": 2 } } }');
  await writeFile(
    join(folder, "index.ts"),
    `${library}
import { definePlugin } from "@orrery/sdk";
export default definePlugin({
  manifest: { id: "acme.typed", version: "1.0.0", api: "^1.0" },
  config: ${config},
  setup({ tap, config, plugin }) {
    tap("task.plan", (plan) => ({ ...plan, notes: [...plan.notes, { by: plugin.id, text: JSON.stringify(config) }] }));
  },
});`,
  );
  const env = cleanEnv(home);
  const file = join(home, "typed.tgz");
  const run = (...args: string[]) => orrery(args, env);
  const pack = await run("plugin", "pack", folder, "--out", file);
  expect(pack, pack.stderr).toMatchObject({ code: 0 });
  return { file, run, said: pack.stdout };
}

describe("orrery plugin pack", { timeout: 120_000 }, () => {
  it("describes the plugin's settings in the package, as its own library says them: whoever verifies or installs it sees them", async () => {
    const { file, run, said } = await packed(
      'z.object({ word: z.string().default("Hello").describe("What it says first."), times: z.int().min(1), mood: z.enum(["warm", "cold"]).optional() })',
    );
    const lines = [
      "It can be set, under its id in the setting pluginConfig:",
      '  mood: "warm" or "cold"; none needed',
      "  times: a whole number of at least 1; it needs one",
      '  word: text; "Hello" when nothing is said  What it says first.',
    ].join("\n");
    expect(said).toContain(lines);
    await run("plugin", "keygen");
    await run("plugin", "sign", file);
    const verified = await run("plugin", "verify", file);
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining(lines)]);
    const { settings } = JSON.parse((await run("plugin", "verify", file, "--json")).stdout) as PackageReport;
    expect(settings).toMatchObject([{ name: "mood" }, { name: "times", needed: true }, { name: "word", default: "Hello", needed: false }]);

    // As the prompt tells it: without what it needs it does not start, with it it does.
    const installed = await run("plugin", "install", file, "--grant", "none");
    expect(installed.stdout).toContain(lines);
    expect(installed.stdout).toContain("times");
    await run("config", "set", "pluginConfig", '{ "acme.typed": { "times": 3 } }');
    expect((await run("plugin", "inspect", "acme.typed")).stdout).toMatch(/^state +active$/m);
  });

  it("leaves them out where the library cannot say them, and says why", async () => {
    const transformed = await packed("z.object({ times: z.int(), at: z.date().optional() })");
    expect(transformed.said).toMatch(/Its settings are not described in the package: zod cannot say it as JSON Schema: /);
    const mute = await packed('{ "~standard": { version: 1, vendor: "mute", validate: (value: unknown) => ({ value }) } }', "");
    expect(mute.said).toContain("Its settings are not described in the package: mute, in this version, has no Standard JSON Schema");
    expect(mute.said).not.toContain("It can be set");
  });
});
