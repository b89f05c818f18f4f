import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type InstalledPackage, type PackageAudit, type PackageReport, type RunReport, spendingOf } from "@orrery/sdk";
import { packPlugin } from "@orrery/sdk/package";
import { expect, it } from "vitest";
import { authorized, serveHere } from "../node/booted.ts";
import { cleanEnv, orrery, scratch } from "../node/support.ts";
import { lab } from "../support/dear-model.ts";
import { holding } from "./plugins.ts";

const id = "acme.asker";
const reasons = { "model.call": "to ask how good it is", budget: "the good judges cost money" };

/** Asks the dear model three times about every outcome, and says what came of it. */
const source = (version: string, budget: object) => `import { definePlugin, Models } from "@orrery/sdk";
export default definePlugin({
  manifest: {
    id: "${id}", version: "${version}", api: "^1.0",
    capabilities: [{ name: "model.call", reason: "${reasons["model.call"]}" }],
    budget: ${JSON.stringify(budget)},
  },
  requires: { models: Models },
  setup({ tap, use }) {
    tap("task.judge", async ({ run }) => {
      const said = [];
      for (let i = 0; i < 3; i += 1) said.push(await use.models.ask({ run, model: "lab/dear", prompt: "How good is it?", maxOutputTokens: 100 }).then(({ costNano }) => String(costNano), ({ code }) => code));
      return { judge: "${id}", score: 0, decision: "abstain", reasons: said };
    });
  },
});`;
const asks = (runUsd: number, dayUsd: number) => ({ runUsd, dayUsd, reason: reasons.budget });
const packed = (version: string, budget = asks(0.1, 1), code = source(version, budget)) =>
  packPlugin({
    manifest: {
      id,
      version,
      api: "^1.0",
      capabilities: [{ name: "model.call", reason: reasons["model.call"] }],
      budget,
      hooks: ["task.judge"],
      requires: { models: "orrery.models@1" },
      provides: [],
    },
    code,
  });

async function setUp(spending: object = {}, dir = scratch("host")) {
  const prices = { "lab/dear": { inputUsdPerMTok: 10, outputUsdPerMTok: 10 } };
  const { server, host } = await serveHere({ dir, flags: { spending, pluginConfig: { "orrery.cost": { prices } } }, plugins: [lab] });
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T & { error: { code: string; message: string } }> => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { ...authorized, accept: "application/json", ...(body ? { "content-type": "application/json" } : {}) };
    return (await fetch(`${server.origin}${path}`, { ...init, headers, method })).json();
  };
  const install = async (bytes: Uint8Array, consent: object) =>
    call<InstalledPackage>("POST", "/api/packages", { package: Buffer.from(bytes).toString("base64"), unsigned: true, ...consent });
  const documents = [{ path: "pump.md", text: "# Pump\n\nThe pump was replaced on 4 May. It moves 120 litres a minute." }];
  const run = async () => {
    const report = await call<RunReport>("POST", "/api/runs?wait=true", { task: "When was the pump replaced?", documents, budget: 1 });
    return { said: report.verdicts.find(({ judge }) => judge === id)?.reasons, microUsd: report.cost.byPlugin[id] };
  };
  const audit = async () => (await call<PackageAudit>("GET", `/api/packages/${id}/audit`)).budget;
  return { dir, host, call, install, run, audit };
}

it("a plugin spends what it was granted of what it asked for, and not a cent more; removed, it leaves no count of it", { timeout: 300_000 }, async () => {
  const { dir, host, call, install, run, audit } = await setUp();
  const bytes = await packed("1.0.0");
  const report = await call<PackageReport>("POST", "/api/packages/inspect", { package: Buffer.from(bytes).toString("base64") });
  expect(report.budget).toEqual({ ...asks(0.1, 1), words: "spend up to $0.10 a run, $1 a day on models" });

  expect(await install(bytes, { grant: [], budget: { runUsd: 0.1, dayUsd: 1 } })).toMatchObject({ error: { code: "PACKAGE_BUDGET_REFUSED" } });
  expect(await install(bytes, { grant: ["model.call"], budget: { runUsd: 0.1, dayUsd: 2 } })).toMatchObject({ error: { code: "PACKAGE_BUDGET_REFUSED" } });
  // Granted without a word about money: free models only.
  expect(await install(bytes, { grant: ["model.call"] })).toMatchObject({ budget: { asked: { runUsd: 0.1, dayUsd: 1 }, granted: { runUsd: 0, dayUsd: 0 } } });
  expect(await run()).toEqual({ said: ["BUDGET_EXCEEDED", "BUDGET_EXCEEDED", "BUDGET_EXCEEDED"], microUsd: undefined });

  // A call is reserved at the most it may cost, and books what it did: two fit into a run, a third does not.
  const granted = { runUsd: 0.003, dayUsd: 0.0043 };
  expect(await install(bytes, { grant: ["model.call"], budget: granted })).toMatchObject({ budget: { granted } });
  expect(await run()).toEqual({ said: ["1100000", "1100000", "BUDGET_EXCEEDED"], microUsd: 2_200 });
  expect(await audit()).toEqual({ asked: { runUsd: 0.1, dayUsd: 1 }, granted, holds: granted, spentTodayUsd: 0.0022 });
  expect(await run()).toMatchObject({ said: ["1100000", "BUDGET_EXCEEDED", "BUDGET_EXCEEDED"] });
  expect(await audit()).toMatchObject({ spentTodayUsd: 0.0033 });

  expect(await holding(dir, spendingOf(id))).not.toEqual([]);
  expect(await call("DELETE", `/api/packages/${id}`)).toMatchObject({ removed: id });
  expect((await host.packages()).budgetOf(id)).toBeUndefined();
  // Installed again it begins with nothing spent.
  await install(bytes, { grant: ["model.call"], budget: granted });
  expect(await audit()).toMatchObject({ spentTodayUsd: 0 });
  expect(await call("DELETE", `/api/packages/${id}`)).toMatchObject({ removed: id });
  await host.close();
  expect(await holding(dir, id).then((files) => files.filter((path) => !path.includes("journal.db")))).toEqual([]);
});

it("the operator's setting holds beside what was granted, and the smaller sum counts", { timeout: 300_000 }, async () => {
  const { install, run, audit } = await setUp({ plugins: { [id]: { runUsd: 0.002, dayUsd: 9 } } });
  await install(await packed("1.0.0"), { grant: ["model.call"], budget: { runUsd: 0.1, dayUsd: 1 } });
  expect(await run()).toEqual({ said: ["1100000", "BUDGET_EXCEEDED", "BUDGET_EXCEEDED"], microUsd: 1_100 });
  expect(await audit()).toMatchObject({ granted: { runUsd: 0.1, dayUsd: 1 }, holds: { runUsd: 0.002, dayUsd: 1 } });
});

it("what it may spend is changed without installing it anew, never above what it asks for or the operator's settings allow, and noted", {
  timeout: 300_000,
}, async () => {
  const { host, call, install, run, audit } = await setUp({ plugins: { [id]: { runUsd: 0.05, dayUsd: 9 } }, dayCapUsd: 0.8 });
  const change = (sums: object) => call<InstalledPackage>("PATCH", `/api/packages/${id}/budget`, sums);
  expect(await change({ runUsd: 0.01 })).toMatchObject({ error: { code: "PACKAGE_UNKNOWN" } });
  await install(await packed("1.0.0"), { grant: ["model.call"] });
  expect(await run()).toEqual({ said: ["BUDGET_EXCEEDED", "BUDGET_EXCEEDED", "BUDGET_EXCEEDED"], microUsd: undefined });
  expect(await change({ runUsd: 0.002, dayUsd: 0.5 })).toMatchObject({
    budget: { asked: { runUsd: 0.1, dayUsd: 1 }, granted: { runUsd: 0.002, dayUsd: 0.5 } },
  });
  expect(await run()).toEqual({ said: ["1100000", "BUDGET_EXCEEDED", "BUDGET_EXCEEDED"], microUsd: 1_100 });
  // One sum alone leaves the other.
  expect(await change({ runUsd: 0.05 })).toMatchObject({ budget: { granted: { runUsd: 0.05, dayUsd: 0.5 } } });
  for (const [sums, why] of [
    [{ runUsd: 0.2 }, "asks to spend up to $0.10 a run"],
    [{ runUsd: 0.06 }, "your own settings allow it less"],
    [{ dayUsd: 0.9 }, "your own settings allow it less"],
  ] as const)
    expect(await change(sums)).toMatchObject({ error: { code: "PACKAGE_BUDGET_REFUSED", message: expect.stringContaining(why) } });
  expect(await change({ runUsd: -1 })).toMatchObject({ error: { code: "REQUEST_INVALID" } });
  expect(await audit()).toMatchObject({ granted: { runUsd: 0.05, dayUsd: 0.5 }, holds: { runUsd: 0.05, dayUsd: 0.5 } });
  const { changes } = await call<PackageAudit>("GET", `/api/packages/${id}/audit`);
  expect(changes).toMatchObject([
    { by: "me", what: "budget", detail: "may spend up to $0.002 a run, $0.50 a day on models; before: spend nothing on models" },
    { detail: "may spend up to $0.05 a run, $0.50 a day on models; before: spend up to $0.002 a run, $0.50 a day on models" },
  ]);
  // Another process reads the same.
  const read = await orrery(["plugin", "budget", id, "--json"], cleanEnv(host.home.dir));
  expect(JSON.parse(read.stdout)).toMatchObject({ id, budget: { granted: { runUsd: 0.05, dayUsd: 0.5 } }, changes: [{}, {}] });
});

it("an update keeps what was granted and no more than it asks for now, and says what it asks for more", { timeout: 300_000 }, async () => {
  const { call, install } = await setUp();
  const inspected = async (bytes: Uint8Array) =>
    (await call<PackageReport>("POST", "/api/packages/inspect", { package: Buffer.from(bytes).toString("base64") })).changes?.budget;
  await install(await packed("1.0.0"), { grant: ["model.call"], budget: { runUsd: 0.1, dayUsd: 0.5 } });
  expect(await inspected(await packed("1.1.0", asks(0.2, 1)))).toEqual({
    from: { runUsd: 0.1, dayUsd: 1 },
    granted: { runUsd: 0.1, dayUsd: 0.5 },
    more: true,
  });
  expect(await inspected(await packed("1.1.0", asks(0.05, 1)))).toMatchObject({ granted: { runUsd: 0.05, dayUsd: 0.5 }, more: false });
  // What its code says is what people were shown.
  expect(await install(await packed("2.0.0", asks(0.1, 1), source("2.0.0", asks(5, 50))), { grant: [] })).toMatchObject({
    error: { code: "PACKAGE_CODE_DIFFERS" },
  });
});

it("the command line asks for it in words, takes a sum or refuses it, and lists, audits and compares it", { timeout: 300_000 }, async () => {
  const [home, work] = [scratch("home"), scratch("work")];
  const run = (...args: string[]) => orrery(args, cleanEnv(home));
  const pack = async (version: string, budget: object) => {
    await writeFile(join(work, "index.js"), source(version, budget));
    const file = join(work, `${version}.tgz`);
    expect((await run("plugin", "pack", join(work, "index.js"), "--out", file)).code).toBe(0);
    return file;
  };
  const file = await pack("1.0.0", asks(0.1, 1));
  const told = await run("plugin", "install", file, "--allow-unsigned");
  expect(told.stdout).toContain("spend up to $0.10 a run, $1 a day on models");
  expect(told.stdout).toContain(`because: “${reasons.budget}”`);
  expect(told.stderr).toContain("--grant model.call --budget 0.1,1");

  const install = ["plugin", "install", file, "--allow-unsigned"];
  expect((await run(...install, "--grant", "model.call", "--budget", "lots")).stderr).toContain("US dollars a run and a day");
  expect((await run(...install, "--grant", "model.call", "--budget", "0.2,1")).stderr).toContain("PACKAGE_BUDGET_REFUSED");
  expect((await run(...install, "--grant", "model.call", "--budget", "none")).stdout).toContain("It may: model.call, spend nothing on models.");
  expect((await run(...install, "--grant-all")).stdout).toContain("It may: model.call, spend up to $0.10 a run, $1 a day on models.");
  expect((await run(...install, "--grant", "model.call", "--budget", "0.05,0.5")).code).toBe(0);
  expect((await run("plugin", "list")).stdout).toContain("may: model.call, spend up to $0.05 a run, $0.50 a day on models");
  const audited = (await run("plugin", "audit", id)).stdout;
  expect(audited).toContain("asked to spend up to $0.10 a run, $1 a day on models; was granted to spend up to $0.05 a run, $0.50 a day on models");
  expect(audited).toContain("spent today: $0 of $0.5");
  const changed = await run("plugin", "budget", id, "--run", "0.02");
  expect(changed.stdout).toMatch(/was granted to spend up to \$0\.02 a run, \$0\.50 a day on models\nspent today: \$0 of \$0\.5/);
  expect((await run("plugin", "budget", id, "--day", "3")).stderr).toContain("PACKAGE_BUDGET_REFUSED");
  expect((await run("plugin", "budget", id, "--day", "lots")).stderr).toContain("US dollars, as 0.05");
  expect((await run("plugin", "budget", id, "--run", "0.05")).code).toBe(0);

  // The same or less goes through with what was granted; more is asked for anew.
  expect((await run("plugin", "update", await pack("1.0.1", asks(0.1, 1)), "--allow-unsigned")).stdout).toContain("spend up to $0.05 a run, $0.50 a day");
  const more = await pack("1.1.0", asks(0.1, 20));
  const asked = await run("plugin", "update", more, "--allow-unsigned");
  expect(asked.stdout).toContain("+ asks to spend up to $0.10 a run, $20 a day on models; before: spend up to $0.10 a run, $1 a day on models");
  expect(asked.stderr).toContain("PACKAGE_CONSENT_MISSING");
  expect((await run("plugin", "update", more, "--allow-unsigned", "--budget", "0.05,2")).stdout).toContain("spend up to $0.05 a run, $2 a day");
  expect((await run("plugin", "remove", id)).code).toBe(0);
  expect((await holding(home, id)).filter((path) => !path.includes("journal.db"))).toEqual([]);
});
