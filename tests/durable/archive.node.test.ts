import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Journal, type RunSummary, Storage, type Team, typed, Workspace } from "@orrery/sdk";
import { describe, expect, it } from "vitest";
import { HostClient } from "../../host-node/src/client/host-client.ts";
import { archiveContract } from "../contracts/archive-contract.ts";
import { digestContract } from "../contracts/digest-contract.ts";
import { authorized, bootHere, serveHere } from "../node/booted.ts";
import { cleanEnv, orrery, type Ran, scratch, start } from "../node/support.ts";

const open = async () => {
  const host = await bootHere({ preset: [{ id: "orrery.workspace", load: () => import("@orrery/plugins/workspace") }] });
  return { journal: host.need(Journal), workspace: host.need(Workspace), storage: host.need(Storage) };
};
archiveContract("SQLite", async () => ({ archive: await open(), elsewhere: await open(), close: async () => {} }));
digestContract("SQLite", async () => ({ archive: await open(), close: async () => {} }));

const json = <T>({ stdout, stderr }: Ran): T => {
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new Error(`no JSON: ${stdout}${stderr}`);
  }
};
const documents = { files: [{ path: "launch.md", bytes: new TextEncoder().encode("# Launch\n\nThe launch is on 4 March 2027.\n") }], skipped: [], sources: [] };

/** A data folder with so many runs that are over. */
async function folderWith(runs: number): Promise<{ dir: string; ids: string[] }> {
  const dir = scratch("archive");
  const host = await bootHere({ dir });
  const client = new HostClient(host, 0);
  const ids: string[] = [];
  for (let i = 0; i < runs; i++) {
    const { runId } = await client.start({ task: "When is the launch?", documents });
    await client.wait(runId);
    ids.push(runId);
  }
  await host.close();
  return { dir, ids };
}

describe("runs as files, from the command line", () => {
  it("go to another data folder, where they are verified, shown, and kept once", { timeout: 300_000 }, async () => {
    const { dir, ids } = await folderWith(1);
    const [run = ""] = ids;
    const file = join(scratch("out"), "run.jsonl");
    const exported = json<{ file: string; head: string }>(await orrery(["runs", "export", run, "--out", file, "--json"], cleanEnv(dir)));
    expect(exported.file).toBe(file);
    expect(json<{ error: { code: string } }>(await orrery(["runs", "export", run, "--out", file, "--json"], cleanEnv(dir))).error.code).toBe("OUT_UNWRITABLE");
    const other = cleanEnv(scratch("elsewhere"));
    expect(json(await orrery(["runs", "import", file, "--json"], other))).toMatchObject({ run, head: exported.head });
    expect(json(await orrery(["verify", run, "--json"], other))).toMatchObject({ ok: true });
    const shown = json<{ output: string }>(await orrery(["run", "show", run, "--json"], other));
    expect(shown.output).toContain("4 March 2027");
    const again = await orrery(["runs", "import", file, "--json"], other);
    expect([again.code, json<{ error: { code: string } }>(again).error.code]).toEqual([1, "RUN_EXISTS"]);
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("4 March", "5 March"));
    const third = cleanEnv(scratch("third"));
    expect(json<{ error: { code: string } }>(await orrery(["runs", "import", file, "--json"], third)).error.code).toBe("RUN_FILE_TORN");
    writeFileSync(file, Buffer.alloc(12_000_000, 0xff));
    expect(json<{ error: { code: string } }>(await orrery(["runs", "import", file, "--json"], third)).error.code).toBe("RUN_FILE_UNREADABLE");
    expect(json(await orrery(["runs", "--json"], third))).toEqual({ runs: [] });
  });

  it("go when somebody says which, or a server starts whose settings say so", { timeout: 300_000 }, async () => {
    const { dir, ids } = await folderWith(3);
    const env = cleanEnv(dir);
    const listed = async () => json<{ runs: RunSummary[] }>(await orrery(["runs", "--json"], env)).runs.map(({ run }) => run);
    expect(json<{ error: { code: string } }>(await orrery(["runs", "prune", "--json"], env)).error.code).toBe("RETENTION_UNSET");
    expect(json<{ runs: RunSummary[] }>(await orrery(["runs", "prune", "--older-than", "30d", "--json"], env)).runs).toEqual([]);
    const dry = json<{ runs: RunSummary[] }>(await orrery(["runs", "prune", "--keep", "2", "--dry-run", "--json"], env));
    expect([dry.runs.map(({ run }) => run), (await listed()).length]).toEqual([[ids[0]], 3]);
    expect((await orrery(["runs", "prune", "--keep", "2"], env)).stdout).toContain("1 run is gone");
    expect(await listed()).toEqual([ids[2], ids[1]]);
    writeFileSync(join(dir, "config.json"), JSON.stringify({ retention: { keep: 1 } }));
    const server = start(["serve", "--port", "0", "--json"], env);
    await expect.poll(listed).toEqual([ids[2]]);
    server.kill("SIGTERM");
    await server.done;
    // What the run that is left was given to read is still there.
    const host = await bootHere({ dir });
    expect((await new HostClient(host, 0).documentsOf(ids[2] ?? "")).files).toHaveLength(1);
  });
});

/** Documents of their own, of so many million bytes. */
const large = (name: string, megabytes: number) => {
  const bytes = new TextEncoder().encode(`# ${name}\n\nThe launch of ${name} is on 4 March 2027.\n${"0123456789".repeat(megabytes * 100_000)}`);
  return { files: [{ path: `${name}.md`, bytes }], skipped: [], sources: [] };
};
const asked: Team = {
  name: "asked",
  agents: [{ id: "finder", role: "finder", skill: "research", prompt: "Find the date.", tools: [] }],
  topology: { id: "sequential", config: {} },
  gates: [{ id: "publish", before: "finder", ask: "May it?" }],
};

describe("a bound in bytes", () => {
  it("takes out the oldest that are over, never one that waits for a person, and gives their room back to the disk", { timeout: 120_000 }, async () => {
    const { host, client, server } = await serveHere();
    const { runId: waits } = await client.start({ task: "When is the launch?", documents: large("waiting", 3), team: asked });
    await expect.poll(async () => (await client.waiting()).map(({ run }) => run), { timeout: 30_000 }).toEqual([waits]);
    const over: string[] = [];
    for (const name of ["first", "second", "third"]) {
      const { runId } = await client.start({ task: "When is the launch?", documents: large(name, 2) });
      await client.wait(runId);
      over.unshift(runId);
    }
    const prune = async (body: object): Promise<RunSummary[]> => {
      const headers = { ...authorized, "content-type": "application/json" };
      const answer = await fetch(`${server.origin}/api/runs/prune`, { method: "POST", headers, body: JSON.stringify(body) });
      return ((await answer.json()) as { runs: RunSummary[] }).runs;
    };
    const [newest = "", ...older] = over;
    const going = await prune({ bytes: 3_000_000, dryRun: true });
    expect(going.map(({ run }) => run)).toEqual(older);
    for (const { bytes } of going) expect(bytes).toBeGreaterThan(2_000_000);
    // The file with what is not taken over into it yet: four documents before, of 9 MB, and two after, of 5 MB.
    const onDisk = () => [host.home.store, `${host.home.store}-wal`].reduce((sum, file) => sum + statSync(file).size, 0);
    expect(onDisk()).toBeGreaterThan(9_000_000);
    expect((await prune({ bytes: 3_000_000 })).map(({ run }) => run)).toEqual(older);
    expect(onDisk()).toBeLessThan(6_500_000);
    // The newest has room, whatever it takes, and so has who waits.
    expect(await prune({ bytes: 0 })).toEqual([]);
    expect((await client.runs()).map(({ run }) => run)).toEqual([newest, waits]);
    expect(await client.verifyRun(newest)).toMatchObject({ ok: true });
    await client.steer(waits, { do: "approve", gate: "publish" });
    expect((await client.wait(waits)).status).not.toBe("failed");
    expect((await client.documentsOf(waits)).files).toHaveLength(1);
  });

  it("is told by an option, or by the settings, in words for sizes; documents of earlier versions are measured, too", { timeout: 120_000 }, async () => {
    const { dir, ids } = await folderWith(2);
    const env = cleanEnv(dir);
    const host = await bootHere({ dir });
    const kept = host.need(Storage).open("orrery.host.files");
    const { sources, files } = (await kept.get(`run/${ids[0]}`)) as { sources: string[]; files: { path: string; id: string; size: number }[] };
    await kept.set(`run/${ids[0]}`, { sources, files: files.map(({ path, id }) => ({ path, id })) });
    const client = new HostClient(host, 0);
    const [older, newer] = await Promise.all(
      ids.map(async (run) => (await client.pruneRuns({ keep: 0, dryRun: true })).find((each) => each.run === run)?.bytes),
    );
    const journals = (await client.runs()).map(({ bytes }) => bytes).reverse();
    const document = documents.files[0]?.bytes.length ?? 0;
    expect([older, newer]).toEqual(journals.map((bytes) => bytes + document));
    await host.close();
    const dry = await orrery(["runs", "prune", "--bytes", "1kB", "--dry-run"], env);
    expect(dry.stdout).toMatch(/^1 run would go: [\d.]+ kB\.$/m);
    expect(json<{ runs: RunSummary[] }>(await orrery(["runs", "prune", "--bytes", "1GB", "--json"], env)).runs).toEqual([]);
    const wrong = await orrery(["runs", "prune", "--bytes", "lots"], env);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('a size as 500MB, 2GB or 40kB, not "lots"')]);
    writeFileSync(join(dir, "config.json"), JSON.stringify({ retention: { megabytes: 0.001 } }));
    expect(json<{ runs: RunSummary[] }>(await orrery(["runs", "prune", "--json"], env)).runs.map(({ run }) => run)).toEqual([ids[0]]);
  });
});

describe("runs as files, over HTTP", () => {
  it("are downloaded, refused, pruned and taken in; of an imported one a fork may spend only what is agreed to here", async () => {
    const { client, server } = await serveHere();
    const call = async (path: string, body?: object): Promise<{ status: number; text: string }> => {
      const answer = await fetch(`${server.origin}${path}`, {
        headers: { ...authorized, ...(body ? { "content-type": "application/json" } : {}) },
        ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
      });
      return { status: answer.status, text: await answer.text() };
    };
    const { runId } = await client.start({ task: "When is the launch?", documents, budget: 1 });
    await client.wait(runId);
    const spendingOfFork = async () => {
      const fork = await client.fork(runId, { topology: "parallel" });
      await client.wait(fork.runId);
      const event = (await client.events(fork.runId)).flatMap((each) => typed(each) ?? [])[0];
      return event?.type === "run.submitted" && event.data.task.constraints.spending;
    };
    expect(await spendingOfFork()).toMatchObject({ allowed: true });
    const { text: file } = await call(`/api/runs/${runId}/export`);
    expect(JSON.parse(file.split("\n")[0] ?? "")).toMatchObject({ format: "orrery-run@1", run: runId });
    expect(await call("/api/runs/import", { file })).toMatchObject({ status: 409, text: expect.stringContaining("RUN_EXISTS") });
    expect(JSON.parse((await call("/api/runs/prune", { keep: 0 })).text)).toMatchObject({ runs: [{}, { run: runId }] });
    expect((await call(`/api/runs/${runId}`)).status).toBe(404);
    expect(await call("/api/runs/import", { file: "garbage" })).toMatchObject({ status: 400, text: expect.stringContaining("RUN_FILE_INVALID") });
    expect((await call("/api/runs/import", { file })).status).toBe(201);
    expect(JSON.parse((await call(`/api/runs/${runId}`)).text)).toMatchObject({ status: "accepted" });
    expect(await spendingOfFork()).toMatchObject({ allowed: false, capNano: 0 });
    expect((await call("/api/runs/nobody/export")).status).toBe(404);
  });
});
