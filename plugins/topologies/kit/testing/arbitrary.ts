import type { AgentSpec, Settled, Team } from "@orrery/sdk";
import fc from "fast-check";
import type { World } from "./scheduler.ts";

export const agent = (id: string, skill = "research"): AgentSpec => ({ id, role: `The ${id}`, prompt: "", skill, tools: [] });
export const teamOf = (...agents: (string | [id: string, skill: string])[]): Team => ({
  name: "team",
  agents: agents.map((one) => (typeof one === "string" ? agent(one) : agent(...one))),
});

/** A team of 1–9 agents with any skills. */
export const anyTeam: fc.Arbitrary<Team> = fc
  .array(fc.constantFrom("research", "check", "write", "critique", "summarise", "compare", "vote", "plan", "judge", "something-else"), {
    minLength: 1,
    maxLength: 9,
  })
  .map((skills) => teamOf(...skills.map((skill, i): [string, string] => [`a${i}`, skill])));

/** Settles in a random order; the agents named fail, the others answer with their name and an optional score. */
export const anyWorld = (failing: fc.Arbitrary<readonly string[]>): fc.Arbitrary<World & { failing: readonly string[] }> =>
  fc
    .record({ order: fc.infiniteStream(fc.nat()), failing, scores: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 9 }) })
    .map(({ order, failing, scores }) => ({
      failing,
      pick: (waiting) => Number(order.next().value) % waiting,
      answer: ({ agent: id }): Omit<Settled, "path" | "agent"> => {
        if (failing.includes(id)) return { ok: false, text: "", error: { code: "BROKEN", message: `secret of ${id}` } };
        const score = scores[Number(id.slice(1))];
        return { ok: true, text: `by ${id}`, ...(score === undefined ? {} : { score }) };
      },
    }));

export const nobodyFails = fc.constant<readonly string[]>([]);
export const someFail: fc.Arbitrary<readonly string[]> = fc.subarray(Array.from({ length: 9 }, (_, i) => `a${i}`));
