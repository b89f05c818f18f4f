import { appendFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { InstalledPackage, PackageAudit, PackageReport, PluginReport, RunReport } from "@orrery/sdk";
import { expect, it, onTestFinished } from "vitest";
import { cleanEnv, orrery, type Ran, scratch } from "../node/support.ts";
import { canary, holding, id, source } from "./plugins.ts";

type Failed = { error: { code: string; message: string; do?: string } };

/** A person's machine, with a key and the plugin's two versions packed and signed. */
async function setUp() {
  const [home, work] = [scratch("home"), scratch("work")];
  const env = cleanEnv(home);
  const run = (...args: string[]): Promise<Ran> => orrery(args, env);
  const json = async <T>(...args: string[]): Promise<T & Failed & { exit: number | null }> => {
    const { code, stdout, stderr } = await run(...args, "--json");
    expect(stdout, stderr).toMatch(/^\{/);
    return { ...JSON.parse(stdout), exit: code };
  };
  const { fingerprint } = await json<{ fingerprint: string }>("plugin", "keygen");
  const pack = async (version: string, capabilities?: readonly string[], ...flags: string[]): Promise<string> => {
    await writeFile(join(work, "index.js"), source(version, capabilities));
    const file = join(work, `${version}-${flags.join("")}.tgz`);
    expect(await json("plugin", "pack", join(work, "index.js"), "--out", file, ...flags)).toMatchObject({ exit: 0, file, id, hooks: ["task.plan"] });
    return file;
  };
  return { home, work, run, json, pack, fingerprint };
}

it("a package goes from its author to a run, with what was granted and no more, and leaves nothing behind", { timeout: 300_000 }, async () => {
  const { home, work, run, json, pack, fingerprint } = await setUp();
  const file = await pack("1.0.0", undefined, "--sign");
  expect(await json<PackageReport>("plugin", "verify", file, "--signer", fingerprint)).toMatchObject({ exit: 0, id, signer: fingerprint });

  // Nobody is here to ask: nothing is installed that was not named.
  expect(await json("plugin", "install", file)).toMatchObject({
    exit: 1,
    error: { code: "PACKAGE_CONSENT_MISSING", do: expect.stringContaining("--grant storage:1KB") },
  });
  const told = await run("plugin", "install", file);
  expect(told.stdout).toContain("keep up to 1 KB of data of its own here");
  expect(told.stdout).toContain("because: “for the storage:1KB”");
  expect(told.stdout).toContain("see every task, and change who works on it and how");
  expect(await json("plugin", "install", file, "--grant", "model.call")).toMatchObject({ exit: 1, error: { code: "PACKAGE_GRANT_UNKNOWN" } });
  expect(await json<{ packages: [] }>("plugin", "list")).toMatchObject({ packages: [] });

  expect(await json<InstalledPackage>("plugin", "install", file, "--grant", "storage:1KB")).toMatchObject({
    exit: 0,
    granted: ["storage:1KB"],
    signer: fingerprint,
  });
  await mkdir(join(work, "docs"));
  await writeFile(join(work, "docs", "pump.md"), "# Pump\n\nThe pump was replaced on 4 May. It moves 120 litres a minute.\n");
  const ran = await json<RunReport>("run", "When was the pump replaced?", "--docs", join(work, "docs"));
  expect(ran).toMatchObject({ exit: 0, status: "accepted" });
  const listed = await json<{ plugins: PluginReport[]; packages: InstalledPackage[] }>("plugins", "list");
  expect(listed.plugins.find((plugin) => plugin.id === id)).toMatchObject({ tier: "community", state: "active", capabilities: { granted: ["storage:1KB"] } });
  const shown = (await run("plugin", "list")).stdout;
  expect(shown).toContain(fingerprint);
  expect(shown).not.toContain("\u001b[31m");

  // Used and refused are kept over processes: each command is one.
  const { audits } = await json<{ audits: PackageAudit[] }>("plugin", "audit");
  expect(audits).toMatchObject([
    {
      id,
      capabilities: [
        { name: "storage:1KB", granted: true, denials: 0, usedAt: expect.any(Number) },
        { name: "net:example.org:GET", declared: true, granted: false, denials: 1 },
      ],
    },
  ]);
  expect((await json<{ audits: PackageAudit[] }>("plugin", "audit", id)).audits[0]?.capabilities[1]?.denials).toBe(1);
  expect(await holding(home, canary)).not.toEqual([]);

  await run("config", "set", "pluginConfig", JSON.stringify({ [id]: { a: 1 }, "acme.other": { b: 2 } }));
  expect(await json("plugin", "remove", id)).toMatchObject({ exit: 0, removed: id });
  expect(await holding(home, canary)).toEqual([]);
  // The record of runs stays: it is the person's.
  expect((await holding(home, id)).filter((path) => !path.includes("journal.db"))).toEqual([]);
  expect(await readFile(join(home, "config.json"), "utf8")).toContain("acme.other");
  expect(await json("plugin", "remove", id)).toMatchObject({ exit: 1, error: { code: "PACKAGE_UNKNOWN" } });
});

it("what is unsigned, of another key, older, or other under the same number is taken only when that is said", { timeout: 300_000 }, async () => {
  const { run, json, pack, work } = await setUp();
  const [unsigned, one, two] = [
    await pack("1.0.0"),
    await pack("1.0.0", undefined, "--sign"),
    await pack("1.1.0", ["storage:1KB", "documents.read"], "--sign"),
  ];
  expect(await json("plugin", "verify", unsigned)).toMatchObject({ exit: 1, error: { code: "PACKAGE_UNSIGNED" } });
  expect(await json("plugin", "install", unsigned, "--grant-all")).toMatchObject({ exit: 1, error: { code: "PACKAGE_UNSIGNED" } });
  expect(await json("plugin", "install", unsigned, "--grant-all", "--allow-unsigned")).toMatchObject({ exit: 0 });
  expect((await run("plugin", "list")).stdout).toMatch(/acme\.signature +1\.0\.0 +UNSIGNED/);

  // The same number, other bytes, and a key where none was.
  expect(await json("plugin", "update", one, "--grant-all")).toMatchObject({ exit: 1, error: { code: "PACKAGE_KEY_CHANGED" } });
  expect(await json("plugin", "update", one, "--grant-all", "--allow-new-key")).toMatchObject({ exit: 1, error: { code: "PACKAGE_SAME_VERSION" } });
  expect(await json("plugin", "update", one, "--grant", "storage:1KB", "--allow-new-key", "--force")).toMatchObject({ exit: 0 });

  // It wants more: that is asked for, what was granted stays.
  const grown = await json("plugin", "update", two);
  expect(grown).toMatchObject({ exit: 1, error: { code: "PACKAGE_CONSENT_MISSING", do: expect.stringContaining("--grant documents.read") } });
  expect((await run("plugin", "update", two)).stdout).toContain("+ asks for documents.read");
  expect(await json<InstalledPackage>("plugin", "update", two, "--grant", "none")).toMatchObject({ exit: 0, version: "1.1.0", granted: ["storage:1KB"] });
  expect(await json("plugin", "update", one)).toMatchObject({ exit: 1, error: { code: "PACKAGE_CONSENT_MISSING" } });
  expect(await json("plugin", "update", one, "--grant", "none")).toMatchObject({ exit: 1, error: { code: "PACKAGE_OLDER" } });
  // Nothing new, the same hand: nothing is asked.
  const three = await pack("1.2.0", ["storage:1KB"], "--sign");
  expect(await json<InstalledPackage>("plugin", "update", three)).toMatchObject({ exit: 0, version: "1.2.0", granted: ["storage:1KB"] });

  const { fingerprint } = await json<{ fingerprint: string }>("plugin", "keygen", "--out", join(work, "other.json"));
  expect(await json("plugin", "keygen", "--out", join(work, "other.json"))).toMatchObject({ exit: 1, error: { code: "KEY_EXISTS" } });
  expect(await json("plugin", "sign", three, "--key", join(work, "other.json"), "--out", join(work, "stolen.tgz"))).toMatchObject({
    exit: 0,
    signer: fingerprint,
  });
  expect(await json("plugin", "update", join(work, "stolen.tgz"), "--grant-all")).toMatchObject({ exit: 1, error: { code: "PACKAGE_KEY_CHANGED" } });
});

it("a package that was edited, is gone, or lies in its manifest is named, and the rest goes on", { timeout: 300_000 }, async () => {
  const { home, work, json, pack } = await setUp();
  const file = await pack("1.0.0", undefined, "--sign");
  expect(await json("plugin", "install", file, "--grant-all")).toMatchObject({ exit: 0 });
  const [archive = ""] = (await readdir(join(home, "packages"))).filter((name) => name.endsWith(".tgz"));
  await appendFile(join(home, "packages", archive), "evil");
  type Listed = { plugins: PluginReport[]; packages: InstalledPackage[]; notLoaded: { plugin: string; code: string }[] };
  const edited = await json<Listed>("plugin", "list");
  expect(edited.notLoaded).toMatchObject([{ plugin: id, code: "PACKAGE_CORRUPT" }]);
  expect(edited.packages).toMatchObject([{ id, problem: { code: "PACKAGE_CORRUPT", do: expect.stringContaining(`orrery plugin remove ${id}`) } }]);
  expect(edited.plugins.some((plugin) => plugin.id === id)).toBe(false);
  expect(edited.plugins.some((plugin) => plugin.id === "orrery.runner" && plugin.state === "active")).toBe(true);
  // What it says to do helps.
  expect(await json<InstalledPackage>("plugin", "install", file, "--grant-all")).toMatchObject({ exit: 0 });
  expect((await json<Listed>("plugin", "list")).notLoaded).toEqual([]);

  await writeFile(join(home, "orrery-lock.json"), "{");
  expect((await json<Listed>("models")).exit).toBe(0);
  expect(await json("plugin", "list")).toMatchObject({ exit: 0, packages: [], damage: { code: "PACKAGES_UNREADABLE" } });

  await writeFile(join(work, "liar.js"), source("1.0.0").replace(`id: "${id}"`, 'id: "acme.liar"'));
  const { packPlugin } = await import("@orrery/sdk/package");
  const { parts } = await import("./plugins.ts");
  await writeFile(join(work, "liar.tgz"), await packPlugin(parts("1.0.0", [], source("9.0.0", []))));
  await writeFile(join(home, "orrery-lock.json"), JSON.stringify({ format: 1, packages: [], leaving: [] }));
  expect(await json("plugin", "install", join(work, "liar.tgz"), "--grant-all", "--allow-unsigned")).toMatchObject({
    exit: 1,
    error: { code: "PACKAGE_CODE_DIFFERS" },
  });
});

it("a folder is packed with its texts and the libraries it uses; what gives no reason, or is no plugin, is told", { timeout: 300_000 }, async () => {
  const { work, json } = await setUp();
  const folder = join(work, "plugin");
  await mkdir(folder);
  const needsMost = `config: { "~standard": { version: 1, vendor: "acme", validate: (value) => (value.most > 0 ? { value } : { issues: [{ message: "most is missing" }] }) } },`;
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  await write("package.json", JSON.stringify({ exports: "./index.ts", license: "MIT", orrery: { hooks: ["task.finish"], config: { most: 1 } } }));
  await write("words.ts", "export const words: string = 'bundled';\n");
  await write(
    "index.ts",
    `import { words } from "./words.ts";\nexport const said: string = words;\n${source().replace("requires:", `${needsMost}\n  requires:`)}`,
  );
  await write("README.md", "# Signs\n");
  await write("LICENSE", "MIT\n");
  const out = join(work, "out.tgz");
  expect(await json("plugin", "pack", folder, "--out", out)).toMatchObject({ exit: 0, hooks: ["task.finish", "task.plan"] });
  const { readPackage } = await import("@orrery/sdk/package");
  const read = await readPackage(new Uint8Array(await readFile(out)));
  expect(read).toMatchObject({ readme: "# Signs\n", licenceText: "MIT\n", manifest: { licence: "MIT", requires: { storage: "orrery.storage@1" } } });
  expect(read.code).toContain('"bundled"');

  await write("index.ts", source("1.0.0", ["model.call"]).replace(/\{"name":"model.call".*?\}/, '"model.call"'));
  expect(await json("plugin", "pack", folder, "--out", out)).toMatchObject({
    exit: 1,
    error: { code: "PACKAGE_PARTS_INVALID", message: expect.stringContaining("no reason") },
  });
  await write("index.ts", "export default 1;\n");
  expect(await json("plugin", "pack", folder, "--out", out)).toMatchObject({ exit: 1, error: { code: "SOURCE_INVALID" } });
  await write("index.ts", 'import "node:fs";\n');
  expect(await json("plugin", "pack", folder, "--out", out)).toMatchObject({
    exit: 1,
    error: { code: "SOURCE_INVALID", message: expect.stringContaining("index.ts:1") },
  });
  expect(await json("plugin", "pack", join(work, "gone"))).toMatchObject({ exit: 1, error: { code: "PLUGIN_NOT_FOUND" } });
});

it("an address is fetched over https, or from this machine, and nothing that is no package is taken", { timeout: 300_000 }, async () => {
  const { json, pack } = await setUp();
  const bytes = await readFile(await pack("1.0.0", undefined, "--sign"));
  const server = createServer((request, response) => {
    if (request.url === "/moved.tgz") return response.writeHead(302, { location: "/good.tgz" }).end();
    if (request.url === "/loop.tgz") return response.writeHead(302, { location: "/loop.tgz" }).end();
    if (request.url === "/good.tgz") return response.end(bytes);
    if (request.url === "/endless.tgz") return void response.end(Buffer.alloc(6_000_000));
    return response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const at = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}.tgz`;
  const install = (address: string) => json<InstalledPackage>("plugin", "install", address, "--grant-all");
  expect(await install("http://example.org/good.tgz")).toMatchObject({ exit: 1, error: { code: "PACKAGE_URL_REFUSED" } });
  expect(await install("ftp://127.0.0.1/good.tgz")).toMatchObject({ exit: 1, error: { code: "PACKAGE_URL_REFUSED" } });
  expect(await install(at("gone"))).toMatchObject({ exit: 1, error: { code: "PACKAGE_URL_FAILED", message: expect.stringContaining("404") } });
  expect(await install(at("loop"))).toMatchObject({ exit: 1, error: { code: "PACKAGE_URL_REFUSED" } });
  expect(await install(at("endless"))).toMatchObject({ exit: 1, error: { code: "PACKAGE_TOO_LARGE" } });
  expect(await install(at("moved"))).toMatchObject({ exit: 0, id, version: "1.0.0" });
});
