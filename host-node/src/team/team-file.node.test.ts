import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseTeam, readTeam } from "./team-file.ts";

const good = `
name: two of us
agents:
  - id: reader
    role: researcher
    prompt: Read.
    skill: research
  - id: writer
    role: writer
    prompt: Write.
    skill: write
topology: { id: sequential }
`;
const mistake = (text: string): Promise<string> =>
  parseTeam(text, "team.yaml").then(
    () => "no error",
    (error: { code: string; message: string }) => `${error.code} ${error.message}`,
  );

describe("a team file", () => {
  it("is YAML or JSON", async () => {
    const team = await parseTeam(good, "team.yaml");
    expect(team.agents.map(({ id, tools }) => [id, tools])).toEqual([
      ["reader", []],
      ["writer", []],
    ]);
    expect(team.topology).toEqual({ id: "sequential", config: {} });
    expect(await parseTeam(JSON.stringify(team), "team.json")).toEqual(team);
  });

  it("names the line of each mistake", async () => {
    expect(await mistake(good.replace("id: writer", "id: Writer"))).toMatch(/TEAM_INVALID[\s\S]*line 8: agents\.1\.id/);
    expect(await mistake(good.replace("    skill: write\n", ""))).toMatch(/line 8: agents\.1\.skill/);
    expect(await mistake(good.replace("id: writer", "id: reader"))).toMatch(/line 8: .*two agents/);
    expect(await mistake("name: x\nagents: []")).toMatch(/line 2: agents/);
    expect(await mistake("name: [x\nagents: 1")).toMatch(/TEAM_INVALID[\s\S]*line \d/);
    expect(await mistake("")).toMatch(/TEAM_INVALID/);
    expect(await mistake("just text")).toMatch(/TEAM_INVALID/);
  });

  it("names a key nobody knows, its line, and the one that was meant", async () => {
    expect(await mistake(good.replace("    role: writer", "    rol: writer"))).toMatch(/line 9: agents\.1\.rol: there is no "rol" here; did you mean "role"\?/);
    expect(await mistake(`${good}budgte: 2\n`)).toMatch(/line 13: budgte: .*did you mean "budget"/);
    expect(await mistake(good.replace("id: sequential", "id: sequential, cofnig: {}"))).toMatch(/line 12: topology\.cofnig: .*did you mean "config"/);
    expect(await mistake(`${good}colour: red\n`)).toMatch(/line 13: colour: there is no "colour" here; there are: name, agents, topology/);
    expect(await mistake(`{"name": "x",\n"agents": [{"id": "a",\n "rolle": "r", "prompt": "", "skill": "write"}]}`)).toMatch(/line 3: agents\.0\.rolle/);
  });

  it("may say where its schema is, and has no key twice, none that changes objects, and no depth without end", async () => {
    expect((await parseTeam(`$schema: ./team.schema.json${good}`, "team.yaml")).name).toBe("two of us");
    expect(await mistake(`${good}name: again\n`)).toMatch(/line 13: .*unique/);
    expect(await mistake('{"name": "x",\n"name": "y",\n"agents": []}')).toMatch(/line 2: .*unique/);
    for (const text of [
      `${good}__proto__: { budget: 9 }\n`,
      `${good}  \n`.replace("{ id: sequential }", '{ id: dag, config: { "__proto__": { edges: [] } } }'),
    ])
      expect(await mistake(text)).toMatch(/line \d+: the key "__proto__" is not taken/);
    const nested = (levels: number) => good.replace("{ id: sequential }", `{ id: x, config: { a: ${"[".repeat(levels)}${"]".repeat(levels)} } }`);
    expect((await parseTeam(nested(60), "team.yaml")).topology?.id).toBe("x");
    for (const text of [nested(70), nested(20_000), "[".repeat(500_000)]) expect(await mistake(text)).toMatch(/TEAM_INVALID/);
    expect(await mistake(nested(70))).toMatch(/line 12: it nests more than 64 levels deep/);
  });

  it("of ten megabytes is refused by its size", async () => {
    const folder = await mkdtemp(join(tmpdir(), "orrery-team-"));
    try {
      await writeFile(join(folder, "big.yaml"), "x".repeat(10_000_000));
      await expect(readTeam(join(folder, "big.yaml"))).rejects.toMatchObject({ code: "TEAM_INVALID", message: expect.stringContaining("10000000 bytes") });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("is not unfolded without end", async () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x,x]",
      ...Array.from({ length: 9 }, (_, i) => `${"bcdefghij"[i]}: &${"bcdefghij"[i]} [${Array(10).fill(`*${"abcdefghi"[i]}`).join(",")}]`),
    ].join("\n");
    expect(await mistake(bomb)).toMatch(/TEAM_INVALID/);
    expect(await mistake("x".repeat(1_000_001))).toMatch(/TEAM_INVALID/);
  });

  it("is refused with a reason, whatever YAML it is", async () => {
    const lines = readFileSync(new URL("../../../tests/fixtures/fuzz/yaml-test-suite.jsonl", import.meta.url), "utf8")
      .trim()
      .split("\n");
    const cases = lines.map((line) => JSON.parse(line) as { name: string; yaml: string });
    expect(cases.length).toBeGreaterThan(100);
    for (const { name, yaml } of cases) expect(await mistake(yaml), name).toMatch(/^TEAM_INVALID /);
  });

  it("must be there", async () => {
    await expect(readTeam("no/such/team.yaml")).rejects.toMatchObject({ code: "TEAM_NOT_FOUND" });
  });
});
