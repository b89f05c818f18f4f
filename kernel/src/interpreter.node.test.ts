import { describe, expect, it } from "vitest";
import { tapableRecord } from "./testing/tapable-record.ts";
import { fingerprint, play, scenarios } from "./testing/tapable-scenarios.ts";

describe("the record of tapable's own results", () => {
  it("is what the installed tapable does, transcript by transcript the same as the interpreter", async () => {
    for (const [at, scenario] of scenarios().entries()) {
      const own = await play(scenario, true);
      expect(await play(scenario, false), scenario.name).toBe(own);
      expect(tapableRecord[at], scenario.name).toBe(fingerprint(own));
    }
  });
});
