import { expect, it } from "vitest";
import { researchTeam } from "./research-team.ts";

it("agents made up for one task remember nothing of their own, also where their team is given again", () => {
  for (let most = 1; most <= 8; most += 1) {
    const { agents } = researchTeam(["when", "what it costs", "the risks", "who decides"], most);
    expect(agents.length).toBeLessThanOrEqual(most);
    expect(agents.map(({ memory }) => memory)).toEqual(agents.map(() => false));
  }
});
