import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunReport } from "@orrery/sdk";
import { describe, expect, it } from "vitest";
import { HostClient } from "../../host-node/src/client/host-client.ts";
import { authorized, bootHere, serveHere } from "./booted.ts";
import { cleanEnv, orrery, type Ran, scratch } from "./support.ts";

const json = <T>({ stdout }: Ran): T => JSON.parse(stdout) as T;
type Failed = { error: { code: string; message: string; do?: string } };
type Checked = { ok: boolean; problems: { line?: number; place: string; message: string }[]; topology?: string; predicted?: { expected: number } };

function desk() {
  const dir = scratch("team");
  const docs = join(dir, "docs");
  mkdirSync(docs);
  writeFileSync(join(docs, "harbour.md"), "# Harbour\n\nThe harbour opens at six in the morning. The harbour closes at nine in the evening.\n");
  const env = cleanEnv(join(dir, "home"));
  const write = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  return { docs, write, file: (name: string) => join(dir, name), run: (...args: string[]) => orrery(args, env) };
}
const pair = (rest: string) => `name: a pair
agents:
  - { id: reader, role: researcher, prompt: Read., skill: research }
  - { id: writer, role: writer, prompt: Write., skill: write }
${rest}
`;

describe("orrery team", () => {
  it("writes a file that passes its own check, for any size and topology, and writes over nothing", async () => {
    const { run, file } = desk();
    const team = file("team.yaml");
    const made = await run("team", "new", team, "--agents", "4", "--topology", "dag");
    expect([made.code, made.stderr]).toEqual([0, ""]);
    expect(readFileSync(team, "utf8")).toMatch(/- \{ from: researcher-1, to: checker \}/);
    const checked = json<Checked>(await run("team", "check", team, "--json"));
    expect(checked).toMatchObject({ ok: true, problems: [], topology: "dag", predicted: { expected: 4 } });
    expect(json<Failed>(await run("team", "new", team, "--json")).error.code).toBe("OUT_NOT_EMPTY");
    expect(json<{ text: string }>(await run("team", "new", "--agents", "1", "--json")).text).toMatch(/id: writer/);
    expect(json<Failed>(await run("team", "new", "--topology", "ring-of-fire", "--json")).error.code).toBe("TOPOLOGY_UNKNOWN");
  });

  it("names the lines of what only the topology can see", async () => {
    const { run, write } = desk();
    const wrong = write(
      "wrong.yaml",
      pair("topology:\n  id: dag\n  config:\n    edges:\n      - { from: reader, to: writer }\n      - { from: raeder, to: writer }"),
    );
    const { code, stdout } = await run("team", "check", wrong);
    expect(code).toBe(1);
    expect(stdout).toMatch(/wrong\.yaml: line 10: topology\.config\.edges\.1\.from: there is no agent "raeder"/);
    const cyclic = write("cyclic.yaml", pair("topology:\n  id: dag\n  config:\n    edges: [{ from: reader, to: writer }, { from: writer, to: reader }]"));
    expect(json<Checked>(await run("team", "check", cyclic, "--json")).problems).toMatchObject([{ line: 8, message: expect.stringContaining("circle") }]);
    const strange = write("strange.yaml", pair("topology:\n  id: dag\n  config:\n    edgs: []"));
    expect(json<Checked>(await run("team", "check", strange, "--json")).problems).toMatchObject([{ line: 8, place: "topology.config.edgs" }]);
    const unknown = write("unknown.yaml", pair("topology: { id: dga }"));
    expect(json<Checked>(await run("team", "check", unknown, "--json")).problems).toMatchObject([{ line: 5, place: "topology.id" }]);
    const broken = write("broken.yaml", "name: x\nagents: []\n");
    expect(json<Checked>(await run("team", "check", broken, "--json"))).toMatchObject({ ok: false, problems: [{ line: 2, place: "agents" }] });
  });

  it("draws who hears whom, under any topology", async () => {
    const { run, write } = desk();
    const team = write("team.yaml", pair(""));
    const { stdout, code } = await run("team", "draw", team);
    expect(code).toBe(0);
    expect(stdout).toContain('title: "a pair (sequential)"');
    expect(stdout).toMatch(/a0\["reader<br\/>researcher"\]/);
    expect(stdout).toMatch(/a0 --> a1/);
    expect((await run("team", "draw", team, "--topology", "parallel")).stdout).toContain("(parallel)");
  });

  it("prints a JSON Schema that knows every key", async () => {
    const { run } = desk();
    const schema = json<{ properties: Record<string, { description?: string }>; required: string[]; additionalProperties: boolean }>(
      await run("team", "schema"),
    );
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(["$schema", "name", "agents", "topology", "criteria", "budget"]));
    expect([schema.required, schema.additionalProperties]).toEqual([["name", "agents"], false]);
    expect(schema.properties["budget"]?.description).toMatch(/US dollars/);
  });

  it("keeps teams by name with their versions", async () => {
    const { run, write } = desk();
    const team = write("team.yaml", pair("topology: { id: sequential }"));
    expect(json(await run("team", "save", team, "--json"))).toEqual({ name: "a pair", versions: 1 });
    expect(json(await run("team", "save", team, "--json"))).toEqual({ name: "a pair", versions: 1 });
    write("team.yaml", pair("topology: { id: parallel }"));
    expect(json(await run("team", "save", team, "--json"))).toEqual({ name: "a pair", versions: 2 });
    expect(json<{ teams: unknown[] }>(await run("team", "list", "--json")).teams).toMatchObject([{ name: "a pair", topology: "parallel", versions: 2 }]);
    expect((await run("team", "show", "a pair", "--at", "1")).stdout).toMatch(/id: sequential/);
    expect((await run("team", "remove", "a pair")).code).toBe(0);
    expect(json<Failed>(await run("run", "x", "--team", "a pair", "--json")).error.code).toBe("TEAM_NOT_FOUND");
  }, 60_000);

  it("runs a saved team by its name, under any topology, and shows what each of its agents did", async () => {
    const { run, write, docs } = desk();
    await run("team", "save", write("team.yaml", pair("topology: { id: parallel }")));
    const report = json<RunReport>(await run("run", "When does the harbour open?", "--docs", docs, "--team", "a pair", "--json"));
    expect([report.status, report.topology.id, report.agents.map(({ id }) => id)]).toEqual(["accepted", "parallel", ["reader", "writer"]]);
    const again = json<RunReport>(await run("run", "When does it close?", "--docs", docs, "--team", "a pair", "--topology", "dag", "--json"));
    expect([again.topology.id, again.agents.map(({ id }) => id)]).toEqual(["dag", ["reader", "writer"]]);

    const { agents } = json<{ agents: { name: string; runs: number; score: number }[] }>(await run("agents", "--json"));
    expect(agents.map(({ name, runs }) => [name, runs])).toEqual([
      ["a pair/reader", 2],
      ["a pair/writer", 2],
    ]);
    const writer = json<{ runs: { run: string; status: string; score: number }[] }>(await run("agents", "show", "writer", "--json"));
    expect(writer.runs.map(({ run: id }) => id)).toEqual([again.runId, report.runId]);
    expect(writer.runs[0]?.score).toBeGreaterThan(0);
    expect(json<Failed>(await run("agents", "show", "wirter", "--json")).error).toMatchObject({ code: "AGENT_UNKNOWN", do: 'Did you mean "writer"?' });
  }, 60_000);

  it("keeps its agents' memories over processes, each its own, shows them and forgets them", async () => {
    const { run, write, docs } = desk();
    const file = write("team.yaml", pair("topology: { id: sequential }").replace("prompt: Write.", "prompt: Write., memory: false"));
    const first = json<RunReport>(await run("run", "When does the harbour open?", "--docs", docs, "--team", file, "--json"));
    expect(first.status).toBe("accepted");
    type Shown = { episodes: number; memory: { id: string; run: string; task: string; agent: string }[]; runs: unknown[] };
    const reader = json<Shown>(await run("agents", "show", "reader", "--json"));
    expect(reader.memory).toMatchObject([{ run: first.runId, task: expect.stringContaining("When does the harbour open?"), agent: "reader" }]);
    expect(json<Shown>(await run("agents", "show", "a pair/writer", "--json")).memory).toEqual([]);
    expect((await run("agents", "show", "reader")).stdout).toMatch(/It remembers 1 thing, and alone sees them:\nep_\S+ .*When does the harbour open/);

    const again = json<RunReport>(await run("run", "At what time does the harbour open?", "--docs", docs, "--team", file, "--json"));
    expect(again.memory.recalled.filter(({ agent }) => agent !== undefined).map(({ agent, run: from }) => [agent, from])).toEqual([["reader", first.runId]]);
    const started = json<{ trace: { kind: string; attributes: { agent: string; recalled: number } }[] }>(
      await run("run", "show", again.runId, "--trace", "--json"),
    ).trace.filter(({ kind }) => kind === "step");
    // The workspace's episode for both. What the reader remembers is the same, as the run came to what it had quoted: it is shown that once.
    expect(started.map(({ attributes: { agent, recalled } }) => [agent, recalled])).toEqual([
      ["reader", 1],
      ["writer", 1],
    ]);

    const id = reader.memory[0]?.id ?? "";
    expect(json<Failed>(await run("agents", "forget", "a pair/writer", "--memory", id, "--json")).error.code).toBe("EPISODE_UNKNOWN");
    expect(json<object>(await run("agents", "forget", "reader", "--memory", id, "--json"))).toEqual({ agent: "a pair/reader", forgotten: 1 });
    expect((await run("agents", "forget", "reader")).stdout).toMatch(/a pair\/reader forgot 1 thing\./);
    const forgot = json<Shown>(await run("agents", "show", "reader", "--json"));
    expect([forgot.memory, forgot.runs.length]).toEqual([[], 2]);
  }, 120_000);

  it("is held to its criteria", async () => {
    const { run, write, docs } = desk();
    const strict = write("strict.yaml", pair("criteria:\n  - { id: short, text: three words, rule: max-words, value: 3 }"));
    const report = json<RunReport>(await run("run", "When does the harbour open?", "--docs", docs, "--team", strict, "--json"));
    expect(report.status).not.toBe("accepted");
    expect(JSON.stringify(report.reasons)).toMatch(/at most 3 words/);
  });

  it("may spend what its file says, up to the cap of the settings, and what the command line says instead", async () => {
    const host = await bootHere({ flags: { spending: { capUsd: 0.2 } } });
    const client = new HostClient(host, 1);
    const spending = (budget: number, flag?: number) =>
      client.request({
        task: "t",
        documents: { files: [], skipped: [], sources: [] },
        team: { name: "x", agents: [{ id: "a", role: "a", prompt: "", skill: "write", tools: [] }], budget },
        ...(flag === undefined ? {} : { budget: flag }),
      }).spending;
    expect(spending(0.1)).toMatchObject({ allowed: true, capNano: 100_000_000, why: "the team's budget is $0.1" });
    expect(spending(7)).toMatchObject({ allowed: true, capNano: 200_000_000, why: expect.stringContaining("only --budget raises it") });
    expect(spending(0)).toMatchObject({ allowed: false, capNano: 0 });
    expect(spending(7, 0.5)).toMatchObject({ allowed: true, capNano: 500_000_000 });
  });

  it("is checked the same way when it comes over the API", async () => {
    const { server } = await serveHere();
    const submit = async (team: object) => {
      const answer = await fetch(`${server.origin}/api/runs`, {
        method: "POST",
        headers: { ...authorized, "content-type": "application/json" },
        body: JSON.stringify({ task: "t", team }),
      });
      return { status: answer.status, error: ((await answer.json()) as Failed).error };
    };
    const agent = { id: "a", role: "a", prompt: "", skill: "write" };
    const misspelt = await submit({ name: "x", agents: [{ ...agent, modle: "openai/x" }] });
    expect(misspelt).toMatchObject({
      status: 400,
      error: { message: expect.stringContaining('team.agents.0.modle: there is no "modle" here; did you mean "model"?') },
    });
    expect((await submit({ name: "x", agents: [agent, agent] })).error.message).toContain('there are two agents named "a"');
    expect((await submit({ name: "x", agents: [] })).status).toBe(400);
  });
});
