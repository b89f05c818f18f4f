import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../../scripts/lib/chromium.mjs";

const root = resolve(import.meta.dirname, "../..");
const run = promisify(execFile);
const megabyte = 2 ** 20;

/** Installed as a stranger would: the tarball, an empty folder, an empty home, npm, and no workspace around. */
describe("the packed product", () => {
  const folder = mkdtempSync(join(tmpdir(), "orrery-product-"));
  const home = join(folder, "home");
  const place = join(folder, "place");
  const env = {
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => /^(npm_config_(?!.*prefix)|SSL_|NODE_EXTRA_CA|https?_proxy|no_proxy|LANG$)/i.test(name)),
    ),
    HOME: home,
    PATH: [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter),
  };
  const orrery = (...args: string[]) =>
    run(join(place, "node_modules/.bin/orrery"), args, { cwd: place, env, maxBuffer: 64 * megabyte }).catch(
      (error: { code?: number; stdout?: string; stderr?: string }) => {
        throw new Error(`orrery ${args[0]} ended with ${error.code}\n${error.stdout}\n${error.stderr}`);
      },
    );

  beforeAll(async () => {
    Object.assign(env, { CHROMIUM_PATH: await findChromium() });
    mkdirSync(home, { recursive: true });
    mkdirSync(place, { recursive: true });
    const { stdout } = await run(process.execPath, [join(root, "scripts/pack.mjs")], { cwd: root, env: process.env });
    const tarball = /packed (\S+\.tgz)/.exec(stdout)?.[1];
    if (!tarball) throw new Error(`scripts/pack.mjs named no tarball: ${stdout}`);
    writeFileSync(join(place, "package.json"), JSON.stringify({ name: "place", private: true }));
    await run("npm", ["install", "--no-audit", "--no-fund", resolve(root, tarball)], { cwd: place, env, maxBuffer: 16 * megabyte });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("weighs at most 120 MB installed", () => {
    expect(existsSync(join(place, "node_modules/orrery/dist/main.js"))).toBe(true);
    expect(weight(join(place, "node_modules")) / megabyte).toBeLessThanOrEqual(120);
  });

  it("brings the licences of what is bundled into it", () => {
    expect(statSync(join(place, "node_modules/orrery/dist/THIRD_PARTY_LICENSES.txt")).size).toBeGreaterThan(10_000);
    expect(existsSync(join(place, "node_modules/orrery/LICENSE"))).toBe(true);
  });

  it("says its version", async () => {
    expect((await orrery("--version")).stdout.trim()).toMatch(/^\d+\.\d+\.\d+/);
  });

  it("answers a question about documents with sentences cited from them", async () => {
    const docs = join(place, "docs");
    mkdirSync(docs);
    writeFileSync(
      join(docs, "pump.md"),
      "# The pump\n\nThe pump moves forty litres a minute. It stops by itself when the tank is full. A red lamp shows that the filter must be cleaned.\n",
    );
    const { stdout } = await orrery("run", "How much does the pump move, and when does it stop?", "--docs", docs, "--json");
    const result = JSON.parse(stdout) as { status: string; output: string; cost: { microUsd: number; calls: number } };
    expect(result.status).toBe("accepted");
    expect(result.output).toContain("The pump moves forty litres a minute. [pump.md#");
    expect(result.cost.microUsd).toBe(0);
    expect(result.cost.calls).toBeGreaterThan(0);
  });

  it("runs a plugin file that is not trusted in its sandbox", async () => {
    const file = join(place, "stranger.mjs");
    writeFileSync(
      file,
      `import { definePlugin } from "@orrery/sdk";
export default definePlugin({ manifest: { id: "acme.stranger", version: "1.0.0", api: "^1.0" }, setup({ tap }) { tap("task.finish", () => undefined); } });`,
    );
    const settings = (JSON.parse((await orrery("config", "path", "--json")).stdout) as { config: string }).config;
    mkdirSync(dirname(settings), { recursive: true });
    writeFileSync(settings, JSON.stringify({ sandboxed: [{ file }] }));
    const { stdout } = await orrery("plugins", "inspect", "acme.stranger", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ tier: "community", state: "active", taps: [{ hook: "task.finish" }] });
    rmSync(settings);
  });

  it("scaffolds a plugin whose tests pass at once, and runs a task with it", async () => {
    await orrery("create", "plugin", "acme-hello");
    const plugin = join(place, "acme-hello");
    expect((await run("npm", ["test"], { cwd: plugin, env })).stdout).toMatch(/pass 2\b/);
    const { results } = JSON.parse((await orrery("plugin", "test", plugin, "--json")).stdout) as { results: { realm: string; passed: number }[] };
    expect(results.map(({ realm, passed }) => [realm, passed])).toEqual([
      ["kernel", 2],
      ["sandbox", 2],
      ["tab", 2],
    ]);
    const { stdout } = await orrery("run", "What does this plugin do?", "--docs", join(plugin, "README.md"), "--plugin", plugin);
    expect(stdout).toContain("Hello! Agents at work:");
  });

  it("scaffolds plugins of each kind from the samples it brings", async () => {
    for (const kind of ["router", "judge", "observer", "tool"]) await orrery("create", "plugin", `acme-my-${kind}`, "--kind", kind);
    expect((await run("npm", ["test"], { cwd: join(place, "acme-my-judge"), env })).stdout).toMatch(/pass 3\b/);
  });

  it("packs, signs and installs that plugin, which then runs in its sandbox", async () => {
    const file = join(place, "hello.tgz");
    await orrery("plugin", "keygen");
    await orrery("plugin", "pack", join(place, "acme-hello"), "--out", file, "--sign");
    expect((await orrery("plugin", "verify", file)).stdout).toContain("Signed by SHA256:");
    await orrery("plugin", "install", file, "--grant-all");
    const { stdout } = await orrery("run", "What does this plugin do?", "--docs", join(place, "acme-hello", "README.md"));
    expect(stdout).toContain("Hello! Agents at work:");
    const { packages, plugins } = JSON.parse((await orrery("plugin", "list", "--json")).stdout) as {
      packages: { id: string }[];
      plugins: { id: string; tier: string; state: string }[];
    };
    expect(packages).toMatchObject([{ version: "0.1.0", granted: [] }]);
    expect(plugins.find(({ id }) => id === packages[0]?.id)).toMatchObject({ tier: "community", state: "active" });
    await orrery("plugin", "remove", packages[0]?.id ?? "");
  });
});

function weight(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) return sum;
    return sum + (entry.isDirectory() ? weight(path) : statSync(path).blocks * 512);
  }, 0);
}
