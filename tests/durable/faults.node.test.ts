import { closeSync, copyFileSync, ftruncateSync, openSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Journal, Runner } from "@orrery/sdk";
import { describe, expect, it, onTestFinished } from "vitest";
import { HostClient } from "../../host-node/src/client/host-client.ts";
import { openJournalDatabase } from "../../host-node/src/plugins/journal/database.ts";
import { SqliteJournal } from "../../host-node/src/plugins/journal/sqlite-journal.ts";
import { preset } from "../../host-node/src/preset.ts";
import { bootHere, silent } from "../node/booted.ts";
import { cleanEnv, scratch } from "../node/support.ts";
import { teamOf } from "../support/tiny-team.ts";
import { boot } from "@orrery/host-node";
import { locateHome } from "../../host-node/src/home.ts";
import { loadSettings } from "../../host-node/src/settings/load-settings.ts";
import { countingProvider } from "./counting-provider.ts";

const wanted = /^orrery\.(provider\.ai-sdk|routing\.default|cost|topology\.(sequential|parallel)|judge\.policy|runner)$/;
const few = preset.filter(({ id }) => wanted.test(id));
const nothing = { files: [], skipped: [], sources: [] };
const asked = { task: "Say hello", team: teamOf("a", "b", "c"), topology: "sequential", model: "openai/gpt-4o", budget: 10, documents: nothing };

/** A host whose models are on a loopback server of this test. */
async function hostOn(url: string, dir = scratch("fault")) {
  const env = cleanEnv(dir, { OPENAI_API_KEY: "key", OPENAI_BASE_URL: url });
  const home = locateHome(dir);
  const host = await boot({ home, env, settings: loadSettings(home, env), log: silent, preset: few });
  onTestFinished(() => host.close());
  return { host, client: new HostClient(host, 0), dir };
}
const provider = async (ms: number) => {
  const opened = await countingProvider(ms);
  onTestFinished(() => opened.close());
  return opened;
};

describe("cancelling", () => {
  it("reaches the call under way: the model host sees its client go", async () => {
    const model = await provider(60_000);
    const { client } = await hostOn(model.url);
    const { runId } = await client.start(asked);
    await model.until(1);
    await client.steer(runId, { do: "cancel", reason: "enough" });
    expect(await client.report(runId)).toMatchObject({ status: "cancelled", reasons: ["Cancelled: enough"] });
    await expect.poll(() => model.broken.length).toBe(1);
    expect(model.asked).toHaveLength(1);
  });
});

/** A host, and a disk that is full when it is said to be. */
async function hostOnDisk(url: string) {
  const dir = scratch("full");
  const { host, client } = await hostOn(url, dir);
  const journal = host.need(Journal);
  const append = journal.append.bind(journal);
  const disk = { full: false };
  // SQLite's own answer: the file may not grow by a page.
  const db = openJournalDatabase(join(dir, "journal.db"));
  onTestFinished(() => void db.close());
  const squeezed = new SqliteJournal(db);
  journal.append = (batch) => {
    if (!disk.full) return append(batch);
    db.pragma(`max_page_count = ${db.pragma("page_count", { simple: true })}`);
    const big = batch.entries.map((entry) => ({ ...entry, data: { ...(entry.data as object), padding: "x".repeat(100_000) } }));
    return squeezed.append({ ...batch, entries: big });
  };
  return { client, journal, disk };
}

describe("a full disk", () => {
  it("stops the run before it pays for what it could not keep, says so, and lets it go on when there is room", async () => {
    const model = await provider(1);
    const { client, journal, disk } = await hostOnDisk(model.url);
    const { runId } = await client.start(asked);
    await model.until(1);
    disk.full = true;
    const report = await client.wait(runId);
    expect(report).toMatchObject({ status: "interrupted", error: { code: "JOURNAL_FULL", do: expect.stringMatching(/space/) } });
    expect(model.asked.length).toBeLessThanOrEqual(2);
    expect(await journal.verify(runId)).toMatchObject({ ok: true });
    disk.full = false;
    await client.resume(runId);
    expect(await client.wait(runId)).toMatchObject({ status: "accepted" });
    expect(await journal.verify(runId)).toMatchObject({ ok: true });
  });

  it("is told of a run that waits for a person, too, when it stops what goes on beside its gate; a decision carries all of it on", async () => {
    const model = await provider(1);
    const { client, journal, disk } = await hostOnDisk(model.url);
    const topology = { id: "parallel", config: { reducer: "concat" } };
    const team = { ...asked.team, topology, gates: [{ id: "look", before: "b", ask: "May b?" }] };
    const { runId } = await client.start({ ...asked, team, topology: "parallel" });
    await expect.poll(async () => (await client.waiting()).map(({ gate }) => gate)).toEqual(["look"]);
    disk.full = true;
    const full = await client.steer(runId, { do: "redirect", instruction: "shorter" }).catch((thrown: { code: string }) => thrown.code);
    expect(full).toBe("JOURNAL_FULL");
    await expect
      .poll(() => client.report(runId))
      .toMatchObject({ status: "waiting", error: { code: "JOURNAL_FULL" }, reasons: ["look: May b?", expect.stringContaining("disk")] });
    disk.full = false;
    await client.steer(runId, { do: "approve", gate: "look" });
    const report = await client.wait(runId);
    expect(report).toMatchObject({ status: "accepted" });
    expect(report).not.toHaveProperty("error");
    expect(await journal.verify(runId)).toMatchObject({ ok: true });
  });
});

describe("a model host that does not say in time which models it has", () => {
  it("is asked all the same for the model that was named: a run that is carried on just then does not fail of it", async () => {
    const model = await provider(300);
    const dir = scratch("list");
    const first = await hostOn(model.url, dir);
    const { runId } = await first.client.start(asked);
    await model.until(2);
    await first.host.close();
    model.lists = false;
    const second = await hostOn(model.url, dir);
    await second.client.resume(runId);
    expect(await second.client.wait(runId)).toMatchObject({ status: "accepted" });
    expect(new Set(model.asked).size).toBe(3);
  });
});

describe("a torn last write", () => {
  it("loses no entry that was said to be durable before it, keeps the chain, and the run goes on", async () => {
    const model = await provider(1);
    const dir = scratch("torn");
    const file = join(dir, "journal.db");
    {
      const { host, client } = await hostOn(model.url, dir);
      const { runId } = await client.start({ ...asked, team: { ...asked.team, gates: [{ id: "look", after: "b", ask: "?" }] } });
      expect(await client.wait(runId)).toMatchObject({ status: "waiting" });
      // As if the power went: nothing is checkpointed, and the log's last page is half there.
      const wal = statSync(`${file}-wal`).size;
      const copy = scratch("torn-copy");
      for (const name of ["journal.db", "journal.db-wal", "store.db"]) copyFileSync(join(dir, name), join(copy, name));
      const handle = openSync(join(copy, "journal.db-wal"), "r+");
      ftruncateSync(handle, wal - 2_000);
      closeSync(handle);
      // The copy's lease is this process's, which is there: given up, as a machine that went would have.
      const lapsed = openJournalDatabase(join(copy, "journal.db"));
      lapsed.exec("UPDATE leases SET until = 0");
      lapsed.close();
      await host.close();
      const { host: again, client: later } = await hostOn(model.url, copy);
      const journal = again.need(Journal);
      const verified = await journal.verify(runId);
      expect(verified.ok).toBe(true);
      expect(verified.events).toBeGreaterThan(5);
      const before = await later.report(runId);
      expect(["waiting", "interrupted"]).toContain(before?.status);
      await later.resume(runId);
      await later.wait(runId);
      const [item] = await later.waiting();
      await later.steer(runId, { do: "approve", gate: item?.gate ?? "" });
      expect(await again.need(Runner).wait(runId)).toMatchObject({ status: "accepted" });
      expect(await journal.verify(runId)).toMatchObject({ ok: true });
    }
  });
});

describe("two processes", () => {
  it("never both carry a run on: the second is told who has it, and takes it only when the first has gone", async () => {
    const model = await provider(300);
    const dir = scratch("two");
    const first = await hostOn(model.url, dir);
    const { runId } = await first.client.start(asked);
    await model.until(1);
    const second = await hostOn(model.url, dir);
    await expect(second.client.resume(runId)).rejects.toMatchObject({ code: "RUN_ELSEWHERE" });
    expect(await second.client.resumeAll()).toEqual([]);
    expect((await second.client.runs())[0]?.status).toBe("running");
    await first.host.close();
    expect((await second.client.runs())[0]?.status).toBe("interrupted");
    await second.client.resume(runId);
    expect(await second.client.wait(runId)).toMatchObject({ status: "accepted" });
  });

  it("fences the one that was thought dead: it writes nothing more, and calls nothing more", async () => {
    const model = await provider(200);
    const dir = scratch("fenced");
    const first = await hostOn(model.url, dir);
    const { runId } = await first.client.start(asked);
    await model.until(1);
    const other = openJournalDatabase(join(dir, "journal.db"));
    onTestFinished(() => void other.close());
    await new SqliteJournal(other).lease(runId);
    const before = model.asked.length;
    const written = (await first.host.need(Journal).head(runId))?.events;
    await first.client.wait(runId);
    expect(model.asked.length).toBe(before);
    expect(await first.host.need(Journal).head(runId)).toMatchObject({ events: written });
  });
});

describe("documents that have changed", () => {
  it("close the run with what to do, instead of mixing old and new", async () => {
    const dir = scratch("changed");
    const docs = scratch("docs");
    writeFileSync(join(docs, "notes.md"), "# Launch\n\nThe launch is on 4 March 2027.\n");
    const host = await bootHere({ dir });
    const client = new HostClient(host, 0);
    const gated = { ...teamOf("a", "b"), gates: [{ id: "look", before: "b", ask: "?" }] };
    const { runId } = await client.start({ task: "When is the launch?", team: gated, documents: await client.read({ docs: [docs] }) });
    expect(await client.wait(runId)).toMatchObject({ status: "waiting" });
    await host.close();
    const again = await bootHere({ dir });
    const later = new HostClient(again, 0);
    writeFileSync(join(docs, "notes.md"), "# Launch\n\nThe launch is on 5 May 2028.\n");
    await expect(later.steer(runId, { do: "approve", gate: "look" })).rejects.toMatchObject({ code: "DOCUMENTS_CHANGED" });
    expect(await later.report(runId)).toMatchObject({ status: "failed", error: { code: "DOCUMENTS_CHANGED" } });
  });
});
