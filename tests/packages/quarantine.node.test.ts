import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PluginChange } from "@orrery/kernel";
import { definePlugin, type InstalledPackage, type PluginReport } from "@orrery/sdk";
import { samples } from "@orrery/sdk/testing";
import { expect, it } from "vitest";
import { authorized, bootHere, serveHere } from "../node/booted.ts";
import { cleanEnv, orrery, scratch } from "../node/support.ts";
import { holding, id, signed } from "./plugins.ts";

const looping = (version: string, body = "for (;;) {}") =>
  `export default { manifest: { id: "${id}", version: "${version}", api: "^1.0" }, setup({ tap }) { tap("step.before", () => { ${body} }); } };`;
const packed = (version: string, body?: string) => signed(version, [], looping(version, body), ["step.before"]);
type Booted = Awaited<ReturnType<typeof bootHere>>;
/** It is ended three times, and the third time is one too many. */
const untilQuarantine = async ({ kernel }: Booted) => {
  for (let i = 0; i < 4; i += 1) await kernel.call("step.before", samples.step());
};
const reportOf = ({ kernel }: Booted): PluginReport | undefined => kernel.inspect().plugins.find((plugin) => plugin.id === id);
const taps = ({ kernel }: Booted): boolean => kernel.explain("step.before").taps.some(({ plugin }) => plugin === id);
const held = { code: "SANDBOX_INTERRUPTED", message: expect.stringContaining("without a pause"), at: expect.any(Number) };

it("a plugin in quarantine stays there over processes, shown with its reason, until somebody resumes it or installs another version", {
  timeout: 300_000,
}, async () => {
  const dir = scratch("host");
  const changes: PluginChange[] = [];
  const witness = definePlugin({
    manifest: { id: "test.witness", version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      tap("kernel.plugin", (change) => void changes.push(change as PluginChange), { phase: "observe" });
    },
  });
  const first = await bootHere({ dir, plugins: [witness] });
  await (await first.packages()).install(await packed("1.0.0"), { grant: [] });
  await untilQuarantine(first);
  await expect.poll(async () => (await first.packages()).list()).toMatchObject([{ id, held, problem: { code: "SANDBOX_QUARANTINED" } }]);
  expect(reportOf(first)).toMatchObject({ state: "suspended" });
  await expect.poll(() => changes).toContainEqual(expect.objectContaining({ plugin: id, to: "suspended", detail: expect.stringContaining("pause") }));
  await first.close();

  const { host, client, server } = await serveHere({ dir });
  (await host.packages()).watch();
  expect(host.notLoaded).toMatchObject([
    { plugin: id, code: "SANDBOX_QUARANTINED", message: expect.stringMatching(/in quarantine since 20.*without a pause/) },
  ]);
  expect(reportOf(host)).toMatchObject({ state: "failed", error: { message: expect.stringContaining("is in quarantine since") } });
  expect(taps(host)).toBe(false);
  expect(await client.packages()).toMatchObject([{ id, held, problem: { do: expect.stringContaining(`orrery plugin resume ${id}`) } }]);
  const env = cleanEnv(dir);
  expect((await orrery(["plugin", "list"], env)).stdout).toMatch(/QUARANTINED; SANDBOX_QUARANTINED .*without a pause/);

  // The command line lets it out; the server that runs takes that up.
  expect(await orrery(["plugin", "resume", id], env)).toMatchObject({ code: 0 });
  await expect.poll(() => reportOf(host), { timeout: 60_000 }).toMatchObject({ state: "active", version: "1.0.0" });
  expect(taps(host)).toBe(true);
  expect((await client.packages())[0]).not.toHaveProperty("held");
  const again = await fetch(`${server.origin}/api/packages/${id}/resume`, { method: "POST", headers: authorized });
  expect([again.status, await again.json()]).toMatchObject([404, { error: { code: "PLUGIN_NOT_HELD" } }]);

  // Once more, and another version comes in its place.
  await untilQuarantine(host);
  await expect.poll(async () => (await client.packages())[0]).toHaveProperty("held");
  expect(await client.installPackage(await packed("1.1.0", "return undefined;"), { grant: [] })).not.toHaveProperty("held");
  expect(reportOf(host)).toMatchObject({ state: "active", version: "1.1.0" });

  // Back to the one before, and removed from quarantine: nothing is left of it.
  expect(await client.rollbackPackage(id)).toMatchObject({ version: "1.0.0" });
  await untilQuarantine(host);
  await expect.poll(async () => (await client.packages())[0]).toHaveProperty("held");
  await client.removePackage(id);
  expect(reportOf(host)).toBeUndefined();
  expect(JSON.parse(await readFile(host.home.lockfile, "utf8"))).toEqual({ format: 1, packages: [], leaving: [] });
  await host.close();
  expect(await holding(dir, id)).toEqual([]);
});

it("a second process suspends what the first found at fault", { timeout: 300_000 }, async () => {
  const dir = scratch("host");
  const one = await bootHere({ dir });
  await (await one.packages()).install(await packed("1.0.0"), { grant: [] });
  const two = await bootHere({ dir });
  (await two.packages()).watch();
  expect(reportOf(two)).toMatchObject({ state: "active" });
  await untilQuarantine(one);
  await expect.poll(() => reportOf(two), { timeout: 60_000 }).toMatchObject({ state: "suspended" });
  await (await one.packages()).resume(id);
  await expect.poll(() => reportOf(two), { timeout: 60_000 }).toMatchObject({ state: "active" });
  expect(reportOf(one)).toMatchObject({ state: "active" });
});

it("a plugin that came as a file stays in quarantine until its code is another, or somebody resumes it", { timeout: 300_000 }, async () => {
  const dir = scratch("host");
  const file = join(scratch("plugin"), "loop.js");
  await writeFile(file, looping("1.0.0"));
  const booted = () => bootHere({ dir, flags: { sandboxed: [{ file, grant: [] }] } });
  const first = await booted();
  expect(reportOf(first)).toMatchObject({ state: "active" });
  await untilQuarantine(first);
  await first.close();
  const second = await booted();
  expect(second.notLoaded).toMatchObject([{ plugin: file, code: "SANDBOX_QUARANTINED", message: expect.stringContaining(`${id} is in quarantine since`) }]);
  expect(reportOf(second)).toBeUndefined();
  await (await second.packages()).resume(id);
  await second.close();
  const third = await booted();
  expect(reportOf(third)).toMatchObject({ state: "active" });
  await untilQuarantine(third);
  await third.close();
  await writeFile(file, looping("1.0.1", "return undefined;"));
  const fourth = await booted();
  expect(reportOf(fourth)).toMatchObject({ state: "active", version: "1.0.1" });
  const packages: InstalledPackage[] = await (await fourth.packages()).list();
  expect(packages).toEqual([]);
});
