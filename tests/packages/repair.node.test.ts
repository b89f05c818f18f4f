import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { InstalledPackage, PackageAudit, PluginReport } from "@orrery/sdk";
import { expect, it, vi } from "vitest";
import { authorized, bootHere, serveHere } from "../node/booted.ts";
import { cleanEnv, orrery, scratch } from "../node/support.ts";
import { id, signed } from "./plugins.ts";

interface Listed {
  readonly plugins: PluginReport[];
  readonly packages: InstalledPackage[];
  readonly damage?: { code: string; message: string; do: string };
  readonly repaired?: { kept: string; from: string; packages: string[] } | null;
  readonly audits?: PackageAudit[];
}
const json = async (home: string, ...args: string[]): Promise<Listed & { exit: number | null }> => {
  const { code, stdout, stderr } = await orrery([...args, "--json"], cleanEnv(home));
  expect(stdout, stderr).toMatch(/^\{/);
  return { ...JSON.parse(stdout), exit: code };
};

/** A machine with one package installed, of two it asks for granted one. */
async function setUp() {
  const dir = scratch("host");
  const host = await bootHere({ dir });
  await (await host.packages()).install(await signed("1.0.0"), { grant: ["storage:1KB"] });
  await host.close();
  const lockfile = join(dir, "orrery-lock.json");
  return { dir, lockfile, good: await readFile(lockfile, "utf8") };
}
const damages = {
  "cut off": (text: string) => text.slice(0, text.length / 2),
  empty: () => "",
  "edited into something else": (text: string) => text.replace('"format": 1', '"format": "one"'),
  "granted by hand what nobody granted, with a comma too many": (text: string) => text.replace('"storage:1KB"\n', '"storage:1KB", "net:example.org:GET",\n'),
};

it.each(Object.entries(damages))("a lockfile that is %s: the list names it, and repairing it loses nothing", { timeout: 300_000 }, async (_name, damage) => {
  const { dir, lockfile, good } = await setUp();
  const damaged = damage(good);
  expect(damaged).not.toBe(good);
  await writeFile(lockfile, damaged);

  const listed = await json(dir, "plugin", "list");
  expect(listed).toMatchObject({ exit: 0, packages: [], damage: { code: "PACKAGES_UNREADABLE", message: expect.stringContaining(lockfile) } });
  expect(listed.damage?.do).toContain("orrery plugin audit --repair");
  expect(listed.plugins.length).toBeGreaterThan(10);
  expect((await orrery(["plugin", "list"], cleanEnv(dir))).stdout).toMatch(/orrery\.runner[\s\S]*PACKAGES_UNREADABLE[\s\S]*audit --repair/);
  expect(await readFile(lockfile, "utf8")).toBe(damaged);

  const { repaired, audits } = await json(dir, "plugin", "audit", "--repair");
  expect(repaired).toMatchObject({ from: "copy", packages: [id] });
  expect(await readFile(repaired?.kept ?? "", "utf8")).toBe(damaged);
  expect(await readFile(lockfile, "utf8")).toBe(good);
  expect(audits).toMatchObject([{ id, capabilities: [{ name: "storage:1KB", granted: true }, { granted: false }] }]);
  expect((await json(dir, "plugin", "audit", "--repair")).repaired).toBeNull();
});

it("with its copy damaged as well what is installed is found by its archives, granted nothing and not started", { timeout: 300_000 }, async () => {
  const { dir, lockfile } = await setUp();
  for (const path of [lockfile, `${lockfile}.copy`]) await writeFile(path, "{");
  // What lies there under another name than its content gives it was never installed.
  await writeFile(join(dir, "packages", "acme.signature-9.9.9-0123456789abcdef.tgz"), await signed("9.9.9"));
  await writeFile(join(dir, "packages", "rubbish.tgz"), "rubbish");
  const { server, host, client } = await serveHere({ dir });
  const packages = await host.packages();
  packages.watch();
  const answer = await fetch(`${server.origin}/api/packages`, { headers: authorized });
  expect(await answer.json()).toMatchObject({ error: { code: "PACKAGES_UNREADABLE", do: expect.stringContaining("--repair") } });

  const told = await orrery(["plugin", "audit", "--repair"], cleanEnv(dir));
  expect(told.stdout).toContain(`Found by their archives: ${id}.`);
  // A server that runs takes it up: it is there, and down.
  await vi.waitFor(async () => expect(await client.packages()).toMatchObject([{ id, version: "1.0.0", granted: [], held: { code: "PACKAGE_RECOVERED" } }]), {
    timeout: 60_000,
  });
  expect(host.kernel.explain("task.plan").taps.some(({ plugin }) => plugin === id)).toBe(false);
  expect(await client.installPackage(await signed("1.0.0"), { grant: ["storage:1KB"] })).not.toHaveProperty("problem");
  expect(host.kernel.explain("task.plan").taps.some(({ plugin }) => plugin === id)).toBe(true);
});

/** Starts where the file `marker` is not there: in one process and not in another. */
it("an update that a running server cannot take up is told as what it is, and there is a way back", { timeout: 300_000 }, async () => {
  const dir = scratch("host");
  const { host, client } = await serveHere({ dir, flags: { pluginConfig: { [id]: { strict: true } } } });
  const packages = await host.packages();
  packages.watch();
  const needsConfig = (version: string, setup: string) =>
    `export default { manifest: { id: "${id}", version: "${version}", api: "^1.0" }, setup({ config, tap }) { ${setup} tap("task.plan", () => undefined); } };`;
  await client.installPackage(await signed("1.0.0", [], needsConfig("1.0.0", "")), { grant: [] });
  // Another process has other settings: there it starts.
  const other = await bootHere({ dir });
  const two = await signed("1.1.0", [], needsConfig("1.1.0", 'if (config?.strict) throw new Error("not with these settings");'));
  await (await other.packages()).install(two, { grant: [] });
  await other.close();
  await vi.waitFor(
    async () =>
      expect(await client.packages()).toMatchObject([
        {
          version: "1.1.0",
          running: "1.0.0",
          previous: { version: "1.0.0" },
          problem: { code: "PACKAGE_NOT_STARTED", message: expect.stringContaining("not with these settings") },
        },
      ]),
    { timeout: 60_000 },
  );
  const running = () => host.kernel.inspect().plugins.find((plugin) => plugin.id === id);
  expect(running()).toMatchObject({ state: "active", version: "1.0.0" });

  expect(await client.rollbackPackage(id)).toMatchObject({ version: "1.0.0" });
  const [after] = await client.packages();
  expect(after).toMatchObject({ version: "1.0.0" });
  for (const name of ["problem", "running", "previous"]) expect(after).not.toHaveProperty(name);
  expect(running()).toMatchObject({ state: "active", version: "1.0.0" });
  expect((await readdir(host.home.packages)).filter((name) => name.endsWith(".tgz"))).toHaveLength(1);
  await expect(client.rollbackPackage(id)).rejects.toMatchObject({ code: "PACKAGE_NO_PREVIOUS" });
});

it("the command line tells what the running server has otherwise, and goes back", { timeout: 300_000 }, async () => {
  const dir = scratch("host");
  const { server, host, client } = await serveHere({ dir });
  await client.installPackage(await signed("1.0.0"), { grant: ["storage:1KB"] });
  await client.installPackage(await signed("1.1.0"), { grant: [] });
  expect(await readdir(host.home.packages)).toHaveLength(3);
  // As a server that met an update it cannot start says it.
  await writeFile(host.home.server, JSON.stringify({ origin: server.origin, pid: process.pid }));
  await writeFile(host.home.token, "t".repeat(43));
  const [real] = await client.packages();
  const said = vi
    .spyOn(client, "packages")
    .mockResolvedValue([{ ...(real as InstalledPackage), running: "1.0.0", problem: { code: "PACKAGE_NOT_STARTED", message: "no luck" } }]);
  const { stdout } = await orrery(["plugin", "list"], cleanEnv(dir));
  said.mockRestore();
  expect(stdout).toMatch(
    /IN THE RUNNING SERVER[\s\S]*INSTALLED 1\.1\.0, RUNNING 1\.0\.0; orrery plugin rollback acme\.signature goes back to 1\.0\.0; PACKAGE_NOT_STARTED no luck/,
  );

  expect((await orrery(["plugin", "rollback", id], cleanEnv(dir))).stdout).toContain(`${id} is 1.0.0 again. It may: storage:1KB.`);
  expect((await orrery(["plugin", "list"], cleanEnv(dir))).stdout).toMatch(/acme\.signature +1\.0\.0 .*may: storage:1KB/);
});
