import { describe, expect, it } from "vitest";
import { tapableRecord } from "./testing/tapable-record.ts";
import { fingerprint, play, scenarios } from "./testing/tapable-scenarios.ts";

describe("the interpreter", () => {
  const all = scenarios();

  it("has a recorded result of tapable's own for every scenario", () => {
    expect(all.length).toBeGreaterThan(1500);
    expect(tapableRecord.length).toBe(all.length);
  });

  for (const kind of ["series", "waterfall", "bail", "parallel"]) {
    it(`does in ${kind} hooks what tapable's generated code did: results, order, errors, interceptors`, async () => {
      const different: string[] = [];
      for (const [at, scenario] of all.entries()) {
        if (scenario.kind !== kind) continue;
        const transcript = await play(scenario, false);
        if (fingerprint(transcript) !== tapableRecord[at]) different.push(`${scenario.name}: ${transcript}`);
      }
      expect(different).toEqual([]);
    });
  }
});
