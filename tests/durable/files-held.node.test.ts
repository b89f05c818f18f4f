import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256, Storage } from "@orrery/sdk";
import { expect, it, onTestFinished } from "vitest";
import { authorized, bootHere, serveHere } from "../node/booted.ts";
import { cleanEnv, orrery, type Ran, scratch, start } from "../node/support.ts";
import { countingProvider } from "./counting-provider.ts";
import { loopRounds, loopTask, teamWithTools, wantsTools } from "./tool-loop.ts";

const json = <T>({ stdout, stderr }: Ran): T => {
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new Error(`no JSON: ${stdout}${stderr}`);
  }
};
interface Verified {
  ok: boolean;
  runs: { run: string; held: number; unheld: object[]; changed: { path: string; version: number; expected: string; found?: string }[] }[];
}
const codeIn = (ran: Ran): [number | null, string] => [ran.code, json<{ error: { code: string } }>(ran).error.code];

/** A data folder with a run whose agents wrote a file, over and over. */
async function folderWithFiles(): Promise<{ dir: string; env: NodeJS.ProcessEnv; run: string }> {
  const dir = scratch("files");
  const model = await countingProvider(0, wantsTools(new Set()));
  onTestFinished(() => model.close());
  writeFileSync(join(dir, "config.json"), JSON.stringify({ disabled: ["orrery.judge.grounded", "orrery.judge.format"] }));
  const team = join(dir, "team.json");
  writeFileSync(team, JSON.stringify({ ...teamWithTools, topology: { id: "sequential", config: {} } }));
  const env = cleanEnv(dir, { OPENAI_API_KEY: "key", OPENAI_BASE_URL: model.url });
  const ran = await orrery(["run", loopTask, "--team", team, "--model", "openai/gpt-4o", "--budget", "1", "--json"], env);
  const { runId, status } = json<{ runId: string; status: string }>(ran);
  expect(status).toBe("accepted");
  return { dir, env: cleanEnv(dir), run: runId };
}

it("a file that was changed after it was written is named by version and hash, in the terminal, over HTTP and by the doctor, and goes nowhere", async () => {
  const { dir, env, run } = await folderWithFiles();
  expect(json<Verified>(await orrery(["verify", run, "--json"], env))).toMatchObject({ ok: true, runs: [{ held: 2 * loopRounds, unheld: [], changed: [] }] });
  expect((await orrery(["verify", run], env)).stdout).toContain(`${2 * loopRounds} files as written.`);
  const host = await bootHere({ dir, preset: [] });
  await host.need(Storage).open("orrery.workspace").setBytes(`content/${run}/2`, new TextEncoder().encode("another"));
  await host.close();

  const verified = await orrery(["verify", "--all", "--json"], env);
  const [changed, ...more] = json<Verified>(verified).runs[0]?.changed ?? [];
  expect([verified.code, more]).toEqual([1, []]);
  expect(changed).toMatchObject({ path: "log.md", version: 3, found: await sha256("another") });
  const told = await orrery(["verify", run], env);
  expect([told.code, told.stdout]).toEqual([
    1,
    expect.stringContaining(`log.md, version 3, is not what was written there: expected SHA-256 ${changed?.expected}`),
  ]);
  expect((await orrery(["doctor"], env)).stdout).toContain(`run ${run} was changed after it was written, the file log.md, version 3`);
  expect(codeIn(await orrery(["runs", "export", run, "--out", join(dir, "run.jsonl"), "--json"], env))).toEqual([1, "FILE_CHANGED"]);

  const { server } = await serveHere({ dir });
  const get = async (path: string) => {
    const answer = await fetch(`${server.origin}${path}`, { headers: authorized });
    return { status: answer.status, body: await answer.text() };
  };
  expect(JSON.parse((await get(`/api/runs/${run}/verify`)).body)).toMatchObject({ run, ok: false, changed: [changed] });
  expect(await get(`/api/runs/${run}/files/content?path=log.md&version=3`)).toMatchObject({ status: 409, body: expect.stringContaining("FILE_CHANGED") });
  expect((await get(`/api/runs/${run}/files/content?path=log.md&version=2`)).status).toBe(200);
  expect((await get("/api/runs/nobody/verify")).status).toBe(404);
}, 600_000);

it("a signed export says who signed it, is taken in for that key alone, and its signature stays with the run; an import killed anywhere is done again", async () => {
  const { dir, env, run } = await folderWithFiles();
  const file = join(dir, "run.jsonl");
  const exported = (args: readonly string[]) => orrery(["runs", "export", run, "--out", file, "--json", ...args], env);
  expect(codeIn(await exported(["--sign"]))).toEqual([1, "KEY_MISSING"]);
  const { fingerprint } = json<{ fingerprint: string }>(await orrery(["plugin", "keygen", "--json"], env));
  const key = join(dir, "other.json");
  const other = json<{ fingerprint: string }>(await orrery(["plugin", "keygen", "--out", key, "--json"], env));
  expect(json(await exported(["--sign"]))).toMatchObject({ run, file, signer: fingerprint });
  const whole = readFileSync(file, "utf8");

  const home = cleanEnv(scratch("elsewhere"));
  const verified = await orrery(["verify", file, "--signer", fingerprint], home);
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining(`that is signed by ${fingerprint}, a key that is not known here.`)]);
  expect((await orrery(["verify", file], env)).stdout).toContain(`that is signed by ${fingerprint}, your own key.`);
  expect(codeIn(await orrery(["verify", file, "--signer", other.fingerprint, "--json"], home))).toEqual([1, "RUN_FILE_SIGNER"]);
  expect(codeIn(await orrery(["runs", "import", file, "--signer", other.fingerprint, "--json"], home))).toEqual([1, "RUN_FILE_SIGNER"]);
  const unsigned = join(dir, "unsigned.jsonl");
  writeFileSync(unsigned, whole.replace(/,"signed":\{.*\}\}\n$/, "}\n"));
  expect((await orrery(["verify", unsigned], home)).stdout).toContain("nobody signed it");
  expect(codeIn(await orrery(["verify", unsigned, "--signer", fingerprint, "--json"], home))).toEqual([1, "RUN_FILE_SIGNER"]);
  expect(json(await orrery(["runs", "--json"], home))).toEqual({ runs: [] });

  const imports = ["runs", "import", file, "--signer", fingerprint, "--json"];
  for (const ms of [300, 600, 900]) {
    const child = start(imports, home);
    await Promise.race([child.done, new Promise((resolve) => setTimeout(resolve, ms))]);
    child.kill("SIGKILL");
    await child.done;
    const listed = json<{ runs: { run: string }[] }>(await orrery(["runs", "--json"], home)).runs;
    // Until it is listed it is not there; once it is, it is all there.
    if (listed.length > 0) expect(json<Verified>(await orrery(["verify", run, "--json"], home))).toMatchObject({ ok: true, runs: [{ held: 2 * loopRounds }] });
  }
  const last = await orrery(imports, home);
  expect(last.code === 0 ? "" : codeIn(last)[1]).toMatch(/^(RUN_EXISTS)?$/);
  const taken = await orrery(["verify", run, "--signer", fingerprint], home);
  expect([taken.code, taken.stdout]).toEqual([
    0,
    expect.stringContaining(`came signed by ${fingerprint}, a key that is not known here, and ends as it was signed`),
  ]);
  expect(codeIn(await orrery(["verify", run, "--signer", other.fingerprint, "--json"], home))).toEqual([1, "RUN_FILE_SIGNER"]);
  const again = join(dir, "again.jsonl");
  await orrery(["runs", "export", run, "--out", again], home);
  expect(readFileSync(again, "utf8")).toBe(whole);
  await orrery(["runs", "export", run, "--out", join(dir, "resigned.jsonl"), "--key", key], home);
  expect(json(await orrery(["verify", join(dir, "resigned.jsonl"), "--json"], home))).toMatchObject({ ok: true, signer: other.fingerprint });

  const { server } = await serveHere();
  const post = async (signer: string) => {
    const headers = { ...authorized, "content-type": "application/json" };
    const answer = await fetch(`${server.origin}/api/runs/import`, { method: "POST", headers, body: JSON.stringify({ file: whole, signer }) });
    return { status: answer.status, body: (await answer.json()) as object };
  };
  expect(await post(other.fingerprint)).toMatchObject({ status: 400, body: { error: { code: "RUN_FILE_SIGNER" } } });
  expect(await post(fingerprint)).toMatchObject({ status: 201, body: { run, signer: fingerprint } });
}, 600_000);
