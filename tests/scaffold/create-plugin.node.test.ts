import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type PluginSample, scaffoldPlugin } from "@orrery/sdk/scaffold";
import { createTestHost, samples } from "@orrery/sdk/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pluginKinds, sampleOf } from "../../host-node/src/authoring/plugin-kinds.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "orrery-scaffold-"));
  await run(process.execPath, [join(root, "scripts/lib/bundle-sdk.mjs"), join(place, "sdk")]);
});
afterAll(() => rm(place, { recursive: true, force: true }));

/** Writes the plugin as the command does, its SDK linked as the command links it. */
async function scaffold(folder: string, sdk: string, sample?: PluginSample): Promise<string> {
  const target = join(place, folder);
  for (const { path, content } of scaffoldPlugin("acme-hello", { sdk, ...(sample ? { sample } : {}) })) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    await writeFile(join(target, path), content);
  }
  await mkdir(join(target, "node_modules", "@orrery"), { recursive: true });
  await symlink(sdk, join(target, "node_modules", "@orrery", "sdk"), "junction");
  return target;
}
const environment = () => ({ PATH: `${dirname(process.execPath)}:${process.env.PATH}`, HOME: place });
const npmTest = (cwd: string) => run("npm", ["test"], { cwd, env: environment() });

describe("a scaffolded plugin", () => {
  it("passes its tests at once against the product's bundled SDK, far from any repository", async () => {
    const { stdout } = await npmTest(await scaffold("from-product", join(place, "sdk")));
    expect(stdout).toMatch(/pass 2\b/);
    expect(stdout).toMatch(/fail 0\b/);
  });

  it("passes its tests as `orrery create plugin` leaves it", async () => {
    const folder = join(place, "by-command");
    const create = () =>
      run(process.execPath, [join(root, "host-node/bin/orrery.js"), "create", "plugin", "acme-hello", "--dir", folder], { env: environment() });
    await create();
    expect((await npmTest(folder)).stdout).toMatch(/pass 2\b/);
    await expect(create()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("not empty") });
  });

  it("has tests that fail when the plugin is wrong", async () => {
    const folder = await scaffold("broken", join(place, "sdk"));
    await writeFile(
      join(folder, "index.js"),
      'import { definePlugin } from "@orrery/sdk";\nexport default definePlugin({ manifest: { id: "acme.hello", version: "0.1.0", api: "^1.0" }, setup() {} });\n',
    );
    await expect(npmTest(folder)).rejects.toMatchObject({ code: 1, stdout: expect.stringMatching(/fail 2\b/) });
  });

  it.each(pluginKinds)("has the types of its SDK as a %s: its own checker finds no fault, and finds one that is put in", async (kind) => {
    const folder = await scaffold(`typed-${kind}`, join(place, "sdk"), await sampleOf(kind));
    const check = () => run(join(root, "node_modules/.bin/tsc"), ["-p", "jsconfig.json", "--types", ""], { cwd: folder, env: environment() });
    await check();
    await writeFile(join(folder, "wrong.js"), 'import plugin from "./index.js";\nplugin.manifest.version.nothing();\n');
    await expect(check()).rejects.toMatchObject({ stdout: expect.stringContaining("wrong.js") });
  });

  it("loads into a kernel that has another copy of the SDK", async () => {
    const { default: plugin } = await import(/* @vite-ignore */ join(await scaffold("other-copy", join(place, "sdk")), "index.js"));
    const host = await createTestHost({ plugins: [plugin] });
    expect((await host.call("task.plan", samples.plan())).notes).toEqual([{ by: "acme.hello", text: "Hello! Agents at work: 1." }]);
    await host.close();
  });
});
