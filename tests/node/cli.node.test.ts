import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunReport } from "@orrery/sdk";
import { describe, expect, it } from "vitest";
import { cleanEnv, orrery, type Ran, root, scratch, start } from "./support.ts";

const example = join(root, "examples", "aurora", "documents");
const json = <T>({ stdout }: Ran): T => JSON.parse(stdout) as T;
type Failed = { error: { code: string; message: string; do?: string } };

function harbour(): { env: NodeJS.ProcessEnv; docs: string; dir: string } {
  const dir = scratch("cli");
  const docs = join(dir, "docs");
  mkdirSync(docs);
  writeFileSync(join(docs, "harbour.md"), "# Harbour\n\nThe harbour opens at six in the morning. The harbour closes at nine in the evening.\n");
  writeFileSync(join(docs, "photo.bin"), Buffer.from([0, 1, 2, 255, 254, 0]));
  return { env: cleanEnv(join(dir, "home")), docs, dir };
}

describe("orrery run", () => {
  it("prints one object, exits 0, writes what --out asks for, and the next command finds it again", async () => {
    const { env, docs, dir } = harbour();
    const out = join(dir, "out");
    const ran = await orrery(["run", "When does the harbour open?", "--docs", docs, "--out", out, "--json"], env);
    const report = json<RunReport>(ran);
    expect([ran.code, report.status, report.cost.microUsd]).toEqual([0, "accepted", 0]);
    expect(report.output).toMatch(/The harbour opens at six in the morning\. \[harbour\.md#\d+\]$/m);
    expect(report.documents.skipped).toMatchObject([{ path: "photo.bin" }]);
    expect(Object.keys(report)).toEqual(expect.arrayContaining(["runId", "artifacts", "topology", "agents", "verdicts", "memory", "durationMs", "journal"]));
    expect(readFileSync(join(out, "report.md"), "utf8").trim()).toBe(report.output.trim());
    expect(JSON.parse(readFileSync(join(out, "run.json"), "utf8"))).toMatchObject({ runId: report.runId, status: "accepted" });

    const shown = json<RunReport & { trace: unknown[] }>(await orrery(["run", "show", report.runId, "--trace", "--json"], env));
    expect([shown.output, shown.journal]).toEqual([report.output, report.journal]);
    expect(shown.trace.length).toBeGreaterThan(3);
    expect(json<{ runs: { run: string }[] }>(await orrery(["runs", "--json"], env)).runs.map(({ run }) => run)).toEqual([report.runId]);
    const listed = async (...args: string[]) => json<{ runs: unknown[] }>(await orrery(["runs", ...args, "--json"], env)).runs.length;
    expect([await listed("--status", "accepted"), await listed("--status", "unfinished"), await listed("--after", report.runId)]).toEqual([1, 0, 0]);
    expect(json<{ error: { code: string } }>(await orrery(["runs", "--status", "lost", "--json"], env)).error.code).toBe("USAGE");
  });

  it("tells a person what happens, line by line, and says what to do next", async () => {
    const { env, docs } = harbour();
    const { code, stdout, stderr } = await orrery(["run", "When does the harbour open?", "--docs", docs, "--topology", "sequential"], env);
    expect([code, stderr]).toEqual([0, ""]);
    for (const part of [
      /^run +run_/m,
      /^read +1 document/m,
      /^skipped +photo\.bin/m,
      /^team +/m,
      /^topology +sequential/m,
      /^step +\S+ → orrery\/extractive because/m,
      /^judged +/m,
      /opens at six.*\[harbour\.md#/,
      /^accepted/m,
      /run show run_\w+ --trace/,
      /selected, not written.*orrery connect/,
    ])
      expect(stdout).toMatch(part);
    // Not a terminal: nothing is written over, no colours.
    expect(stdout).not.toContain("\x1b");
    expect(stdout).not.toContain("\r");
  });

  it("runs a team again beside the run before, on the documents it had", async () => {
    const { env, docs } = harbour();
    const first = json<RunReport>(await orrery(["run", "When does the harbour close?", "--docs", docs, "--json"], env));
    const again = await orrery(["run", "--again", first.runId, "--model", "orrery/extractive"], env);
    expect([again.code, again.stderr]).toEqual([0, ""]);
    expect(again.stdout).toMatch(new RegExp(`${first.runId} +run_\\w+`));
    for (const row of [/^models +orrery\/extractive +orrery\/extractive/m, /^status +accepted +accepted/m, /^score +[\d.]+ +[\d.]+/m, /^cost +\$0 +\$0/m])
      expect(again.stdout).toMatch(row);
  });

  it("loads a plugin's file that lies anywhere, and names one that fails", async () => {
    const { env, docs, dir } = harbour();
    const good = join(dir, "good.mjs");
    writeFileSync(
      good,
      `import { definePlugin } from "@orrery/sdk";
export default definePlugin({ manifest: { id: "acme.note", version: "1.0.0", api: "^1.0" }, setup({ tap, plugin }) { tap("task.plan", (plan) => ({ ...plan, notes: [...plan.notes, { by: plugin.id, text: "a note of mine" }] })); } });`,
    );
    const bad = join(dir, "bad.mjs");
    writeFileSync(bad, "export default 7;");
    const { code, stdout, stderr } = await orrery(["run", "When does the harbour open?", "--docs", docs, "--plugin", good, "--plugin", bad], env);
    expect(code).toBe(0);
    expect(stdout).toContain("a note of mine (acme.note)");
    expect(stderr).toMatch(/bad\.mjs.*does not export a plugin/);
  });

  it("spends nothing on its own, and says whose word was missing", async () => {
    const { env, docs } = harbour();
    const ran = await orrery(["run", "When does the harbour open?", "--docs", docs, "--json"], {
      ...env,
      ANTHROPIC_API_KEY: "sk-canary-0815",
      ANTHROPIC_BASE_URL: "http://127.0.0.1:9/v1",
    });
    expect(json<RunReport>(ran)).toMatchObject({ status: "accepted", cost: { microUsd: 0 } });
    expect(ran.stdout + ran.stderr).not.toContain("sk-canary-0815");
    const home = String(env["ORRERY_HOME"]);
    const kept = readdirSync(home).filter((name) => statSync(join(home, name)).isFile());
    expect(kept).toContain("journal.db");
    for (const name of kept) expect(readFileSync(join(home, name)).includes("sk-canary-0815"), name).toBe(false);
  });

  it("turns every mistake into a code and an advice, never into a stack", async () => {
    const { env, docs, dir } = harbour();
    const team = join(dir, "team.yaml");
    writeFileSync(team, "name: x\nagents:\n  - id: A\n");
    const mistakes: [string[], string, RegExp][] = [
      [["run", ""], "TASK_EMPTY", /empty/],
      [["run", "x", "--docs", join(dir, "nowhere")], "DOCS_NOT_FOUND", /nowhere/],
      [["run", "x", "--docs", docs, "--topology", "circle"], "TOPOLOGY_UNKNOWN", /dag.*parallel.*sequential/],
      [["run", "x", "--team", team], "TEAM_INVALID", /line 3: agents\.0\.id/],
      [["run", "x", "--model", "nonsense"], "MODEL_INVALID", /nonsense/],
      [["run", "x", "--agents", "none"], "USAGE", /none/],
      [["run", "x", "--colour"], "USAGE", /colour/],
      [["run", "show", "run_none"], "RUN_UNKNOWN", /run_none/],
      [["plugins", "explain", "none"], "HOOK_UNKNOWN", /task\.route|none/],
      [["config", "set", "server.port", "none"], "CONFIG_INVALID", /server\.port/],
      [["config", "get", "none"], "CONFIG_UNKNOWN", /none/],
      [["connect", "unheard-of"], "CONNECTION_INVALID", /unheard-of/],
      [["connect", "openai"], "CREDENTIAL_MISSING", /key/],
    ];
    for (const [args, code, words] of mistakes) {
      const ran = await orrery([...args, "--json"], env);
      const shown = args.join(" ");
      const failed = json<Partial<Failed> & Partial<RunReport>>(ran).error;
      expect([ran.code, failed?.code], shown).toEqual([1, code]);
      expect(`${failed?.message} ${failed?.do}`, shown).toMatch(words);
      expect(failed?.do?.length, shown).toBeGreaterThan(5);
      expect(ran.stdout + ran.stderr, shown).not.toMatch(/^\s+at .*:\d+:\d+/m);
    }
    const plain = await orrery(["run", ""], env);
    expect([plain.code, plain.stdout]).toEqual([1, ""]);
    expect(plain.stderr).toMatch(/error TASK_EMPTY {2}.*\n {6}\S/);
  }, 120_000);

  it("takes what follows -- for the task, whatever it looks like", async () => {
    const { env, docs } = harbour();
    const ran = await orrery(["run", "--docs", docs, "--json", "--", "show", "when the harbour opens"], env);
    expect(json<RunReport>(ran).task).toBe("show when the harbour opens");
  });
});

describe("orrery start, serve and the rest", () => {
  it("starts, runs the example with its contradictions, prints the page's address, and exits after --once", async () => {
    const { env } = harbour();
    const { code, stdout } = await orrery(["start", "--once", "--port", "0"], env);
    expect(code).toBe(0);
    expect(existsSync(example)).toBe(true);
    expect(stdout).toMatch(/2 June.*\[decision-record\.md#\d+\]/);
    expect(stdout).toMatch(/14 March.*\[council-minutes\.txt#\d+\]/);
    expect(stdout).toMatch(/http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}/);
  });

  it("serves until it is told to stop, and then exits 0", async () => {
    const { env } = harbour();
    const server = start(["serve", "--port", "0", "--json"], env);
    let text = "";
    const address = await new Promise<{ origin: string; token: string }>((resolve) => {
      server.stdout?.on("data", (piece: string) => {
        text += piece;
        if (text.trimEnd().endsWith("}")) resolve(JSON.parse(text));
      });
    });
    const plugins = await fetch(`${address.origin}/api/plugins`, { headers: { authorization: `Bearer ${address.token}` } });
    expect(plugins.status).toBe(200);
    expect((await fetch(`${address.origin}/healthz`)).status).toBe(200);
    const taken = await orrery(["serve", "--port", new URL(address.origin).port, "--json"], env);
    expect([taken.code, json<Failed>(taken).error.code]).toEqual([1, "PORT_IN_USE"]);
    server.kill("SIGTERM");
    expect((await server.done).code).toBe(0);
  });

  it("has help with an example for every command", async () => {
    const { env } = harbour();
    for (const command of [
      ["run"],
      ["run", "show"],
      ["serve"],
      ["start"],
      ["runs"],
      ["plugins"],
      ["plugins", "inspect"],
      ["models"],
      ["connect"],
      ["config"],
      ["doctor"],
      ["create", "plugin"],
    ]) {
      const { code, stdout } = await orrery([...command, "--help"], env);
      expect(code, command.join(" ")).toBe(0);
      expect(stdout, command.join(" ")).toMatch(/Examples?:\n {2}orrery /);
      expect(stdout, command.join(" ")).toContain("--json");
    }
  }, 120_000);

  it("finds nothing wrong with itself, and finds what is", async () => {
    const { env } = harbour();
    const healthy = await orrery(["doctor", "--json"], env);
    expect(json<{ findings: { state: string }[] }>(healthy).findings.filter(({ state }) => state === "broken")).toEqual([]);
    expect(healthy.code).toBe(0);
    writeFileSync(join(String(env["ORRERY_HOME"]), "config.json"), '{"server": {"port": "x"}}');
    const sick = await orrery(["doctor", "--json"], env);
    expect([sick.code, json<{ ok: boolean; findings: { found: string }[] }>(sick).findings.at(-1)?.found]).toEqual([1, expect.stringContaining("server.port")]);
  });
});
