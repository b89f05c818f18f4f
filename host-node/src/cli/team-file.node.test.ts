import { readFileSync } from "node:fs";
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
