import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { InstalledPackage, PackageAudit, PackageReport, PluginReport } from "@orrery/sdk";
import { generateKey, packPlugin, signPackage } from "@orrery/sdk/package";
import { expect, it, vi } from "vitest";
import { authorized, serveHere, token } from "../node/booted.ts";
import { cleanEnv, orrery, scratch } from "../node/support.ts";
import { socketOf } from "../support/socket.ts";
import { canary, holding, id, key, parts, signed } from "./plugins.ts";

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const tasks = (plugins: readonly PluginReport[]) => plugins.find((plugin) => plugin.id === id);

async function setUp(dir = scratch("host")) {
  const { server, host, client } = await serveHere({ dir });
  const call = async <T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T & { error: { code: string; do?: string } } }> => {
    const init = body === undefined ? {} : { body: JSON.stringify(body), headers: { ...authorized, "content-type": "application/json" } };
    const answer = await fetch(`${server.origin}${path}`, { headers: authorized, ...init, method });
    return { status: answer.status, body: await answer.json() };
  };
  return { dir, server, host, client, call };
}

it("a package is looked at, installed, updated, audited and removed over the API, and runs at once", { timeout: 300_000 }, async () => {
  const { host, client, call } = await setUp();
  const one = base64(await signed("1.0.0"));
  const report = await call<PackageReport>("POST", "/api/packages/inspect", { package: one });
  expect(report).toMatchObject({
    status: 200,
    body: { id, signer: key.fingerprint, capabilities: [{ words: "keep up to 1 KB of data of its own here" }, {}] },
  });
  expect((await call<{ packages: [] }>("GET", "/api/packages")).body.packages).toEqual([]);

  expect(await call("POST", "/api/packages", { package: one })).toMatchObject({ status: 400, body: { error: { code: "REQUEST_INVALID" } } });
  const installed = await call<InstalledPackage>("POST", "/api/packages", { package: one, grant: ["storage:1KB"] });
  expect(installed).toMatchObject({ status: 201, body: { id, version: "1.0.0", granted: ["storage:1KB"], signer: key.fingerprint } });
  expect(tasks(await client.plugins())).toMatchObject({
    state: "active",
    tier: "community",
    capabilities: { granted: ["storage:1KB"], denied: ["net:example.org:GET"] },
  });

  const { runId } = await client.submit({ task: "What moves?", documents: [{ path: "a.md", text: "# A\n\nThe pump moves water." }] });
  await client.wait(runId);
  const audit = await call<PackageAudit>("GET", `/api/packages/${id}/audit`);
  expect(audit.body.capabilities).toMatchObject([
    { name: "storage:1KB", usedAt: expect.any(Number) },
    { name: "net:example.org:GET", denials: 1 },
  ]);

  const two = base64(await signed("2.0.0"));
  expect((await call<PackageReport>("POST", "/api/packages/inspect", { package: two })).body.changes).toMatchObject({
    from: "1.0.0",
    keyChanged: false,
    granted: ["storage:1KB"],
  });
  expect(await call("POST", "/api/packages", { package: two, grant: [] })).toMatchObject({ status: 201, body: { version: "2.0.0", granted: [] } });
  expect(tasks(await client.plugins())).toMatchObject({ version: "2.0.0", capabilities: { granted: [] } });
  expect(await call("POST", "/api/packages", { package: one, grant: [] })).toMatchObject({ status: 400, body: { error: { code: "PACKAGE_OLDER" } } });
  const stolen = base64(await signPackage(await packPlugin(parts("3.0.0")), await generateKey()));
  expect(await call("POST", "/api/packages", { package: stolen, grant: [] })).toMatchObject({
    status: 400,
    body: { error: { code: "PACKAGE_KEY_CHANGED", do: expect.any(String) } },
  });

  // An update that does not start is refused, and the old one goes on; a stranger's first package that does not is kept and says why.
  const broken = (name: string) => `export default { manifest: { id: "${name}", version: "4.0.0", api: "^1.0" }, setup() { throw new Error("broken"); } };`;
  const failing = base64(await signed("4.0.0", [], broken(id)));
  expect(await call("POST", "/api/packages", { package: failing, grant: [] })).toMatchObject({
    status: 400,
    body: { error: { code: "PACKAGE_NOT_STARTED", message: expect.stringContaining("goes on") } },
  });
  expect(tasks(await client.plugins())).toMatchObject({ state: "active", version: "2.0.0" });
  expect((await call<{ packages: InstalledPackage[] }>("GET", "/api/packages")).body.packages).toMatchObject([{ version: "2.0.0" }]);
  const { manifest } = parts("4.0.0", []);
  const first = base64(await packPlugin({ manifest: { ...manifest, id: "acme.broken", hooks: [], requires: {} }, code: broken("acme.broken") }));
  expect(await call("POST", "/api/packages", { package: first, grant: [], unsigned: true })).toMatchObject({
    status: 201,
    body: { id: "acme.broken", problem: { message: expect.stringContaining("broken") } },
  });
  expect(await call("DELETE", "/api/packages/acme.broken")).toMatchObject({ status: 200 });

  expect(await call("DELETE", `/api/packages/${id}`)).toMatchObject({ status: 200, body: { removed: id } });
  expect(tasks(await client.plugins())).toBeUndefined();
  expect(await readdir(host.home.packages)).toEqual([".lock"]);
  expect(await call("DELETE", `/api/packages/${id}`)).toMatchObject({ status: 404, body: { error: { code: "PACKAGE_UNKNOWN" } } });
  expect(await call("GET", `/api/packages/${id}/audit`)).toMatchObject({ status: 404 });
});

it("what is no package, or is too large, is refused with what to do, and nothing is kept", { timeout: 300_000 }, async () => {
  const { host, call } = await setUp();
  expect(await call("POST", "/api/packages/inspect", { package: base64(Buffer.from("PK")) })).toMatchObject({
    status: 400,
    body: { error: { code: "PACKAGE_ARCHIVE_INVALID", do: expect.any(String) } },
  });
  expect(await call("POST", "/api/packages/inspect", { package: "not base64!" })).toMatchObject({ status: 400, body: { error: { code: "REQUEST_INVALID" } } });
  expect(await call("POST", "/api/packages", { package: base64(Buffer.alloc(6_000_000)), grant: [] })).toMatchObject({ status: 413 });
  expect(await readdir(host.home.dir)).not.toContain("orrery-lock.json");
});

it("the page's socket has the same methods", { timeout: 300_000 }, async () => {
  const { server } = await setUp();
  const ask = await socketOf(server.origin, token);
  const bytes = base64(await signed("1.0.0"));
  expect(await ask("inspectPackage", bytes)).toMatchObject({ result: { id } });
  expect(await ask("installPackage", bytes, { grant: [] })).toMatchObject({ result: { id, granted: [] } });
  expect(await ask("packages")).toMatchObject({ result: [{ id }] });
  expect(await ask("packageAudit", id)).toMatchObject({ result: { id } });
  expect(await ask("resumePackage", id)).toMatchObject({ error: { code: "PLUGIN_NOT_HELD" } });
  expect(await ask("rollbackPackage", id)).toMatchObject({ error: { code: "PACKAGE_NO_PREVIOUS" } });
  expect(await ask("removePackage", id)).toMatchObject({ result: null });
  expect(await ask("removePackage", id)).toMatchObject({ error: { code: "PACKAGE_UNKNOWN" } });
});

it("a running server takes up what the command line installs, updates and removes", { timeout: 300_000 }, async () => {
  const { dir, host, client } = await setUp();
  (await host.packages()).watch();
  const file = join(scratch("archive"), "one.tgz");
  const { writeFile } = await import("node:fs/promises");
  await writeFile(file, await signed("1.0.0"));
  const env = cleanEnv(dir);
  expect((await orrery(["plugin", "install", file, "--grant-all"], env)).code).toBe(0);
  await vi.waitFor(async () => expect(tasks(await client.plugins())).toMatchObject({ state: "active", version: "1.0.0" }), { timeout: 60_000 });
  await writeFile(file, await signed("1.1.0"));
  expect((await orrery(["plugin", "update", file], env)).code).toBe(0);
  await vi.waitFor(async () => expect(tasks(await client.plugins())).toMatchObject({ state: "active", version: "1.1.0" }), { timeout: 60_000 });
  const { runId } = await client.submit({ task: "What moves?", documents: [{ path: "a.md", text: "# A\n\nThe pump moves water." }] });
  await client.wait(runId);
  expect(await holding(dir, canary)).not.toEqual([]);
  expect((await orrery(["plugin", "remove", id], env)).code).toBe(0);
  await vi.waitFor(async () => expect(tasks(await client.plugins())).toBeUndefined(), { timeout: 60_000 });
  // Also out of the log of a store that this server has open all along.
  await vi.waitFor(async () => expect(await holding(dir, canary)).toEqual([]), { timeout: 60_000 });
});

const rounds = 25;
it(`after ${rounds} installs and uninstalls nothing is left: no plugin, tap, thread, file or entry`, { timeout: 300_000 }, async () => {
  const { host, client } = await setUp();
  const packages = await host.packages();
  const bytes = await signed("1.0.0");
  const threads = (): number => process.getActiveResourcesInfo().filter((name) => name === "MessagePort" || name === "Worker").length;
  let after: { plugins: number; threads: number; files: string[] } | undefined;
  for (let round = 1; round <= rounds; round += 1) {
    await packages.install(bytes, { grant: ["storage:1KB"] });
    await packages.remove(id);
    if (round !== 5 && round !== rounds) continue;
    const files = (await readdir(host.home.dir, { recursive: true })).sort();
    const now = { plugins: host.kernel.inspect().plugins.length, threads: threads(), files };
    after ??= now;
    expect(now).toEqual(after);
  }
  expect((await client.explain("task.plan")).taps.some(({ plugin }) => plugin === id)).toBe(false);
  expect(JSON.parse(await readFile(host.home.lockfile, "utf8"))).toEqual({ format: 1, packages: [], leaving: [] });
});
