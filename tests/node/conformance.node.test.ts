import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ConformanceReport } from "@orrery/sdk/conformance";
import { expect, it } from "vitest";
import { cleanEnv, orrery, scratch } from "./support.ts";

/** The specification's thirteen. */
const claimed = "sequential parallel hierarchical dag mixture-of-agents debate mesh star circular grid forest maker hybrid".split(" ");
/** Asks its agents in turn, as `sequential` does, and tells everybody whatever a failed one said. */
const relay = (error: string): string => `
import { definePlugin, token } from "@orrery/sdk";
const Relay = token("orrery.topology.relay@1");
const step = ({ ids, at, seen }) => ({ path: "r0/" + ids[at], agent: ids[at], round: 0, inputs: seen.slice(-1) });
const move = (state) => state.at < state.ids.length
  ? { state, dispatch: [step(state)] }
  : { state, dispatch: [], done: { output: state.seen.at(-1), failures: state.failures } };
export default definePlugin({
  manifest: { id: "acme.relay", version: "1.0.0", api: "^1.0" },
  provides: [Relay],
  setup({ provide, tap }) {
    tap("task.topology", ({ topology }) => (topology.id === "relay" ? { service: Relay.id } : undefined));
    provide(Relay, {
      check: (team, config) => (config && typeof config === "object" && Object.keys(config).length === 0 ? [] : ["config: it has no settings"]),
      predictCalls: ({ agents }) => ({ min: agents.length, expected: agents.length, max: agents.length }),
      edges: ({ agents }) => agents.slice(1).map((to, i) => ({ from: agents[i].id, to: to.id })),
      start(team, config) {
        if (this.check(team, config).length > 0) throw new Error("no settings");
        return move({ ids: team.agents.map(({ id }) => id), at: 0, seen: [], failures: [] });
      },
      next(state, settled) {
        if (state.at >= state.ids.length || settled.path !== step(state).path) return { state, dispatch: [] };
        const after = { ...state, at: state.at + 1 };
        if (settled.ok) return move({ ...after, seen: [...state.seen, settled.path] });
        const failures = [...state.failures, { agent: settled.agent, path: settled.path, ...settled.error }];
        return { state: { ...after, at: state.ids.length, failures }, dispatch: [], done: { output: undefined, ${error} failures } };
      },
    });
  },
});
`;
const asked = async (args: string[], home: string) => {
  const ran = await orrery(["conformance", "topologies", ...args, "--json"], cleanEnv(home));
  return { code: ran.code, ...(JSON.parse(ran.stdout) as { topologies?: ConformanceReport[]; error?: { code: string; do?: string } }) };
};

it("every first-party topology keeps every claim, and a stranger's is asked what holds of all", { timeout: 300_000 }, async () => {
  const dir = scratch("conformance");
  const file = join(dir, "relay.ts");
  writeFileSync(file, relay(""));
  const { code, topologies = [] } = await asked(["--plugin", file], join(dir, "home"));
  expect(topologies.map(({ id }) => id)).toEqual(expect.arrayContaining([...claimed, "relay"]));
  for (const { id, failed, skipped, reasons } of topologies) {
    expect(failed, reasons.join("\n")).toBe(0);
    expect([id, skipped]).toEqual([id, id === "relay" ? 1 : 0]);
  }
  expect(code).toBe(0);
});

it("a topology that breaks a claim gives exit code 1 and the reason; an unknown one an error", { timeout: 120_000 }, async () => {
  const dir = scratch("conformance");
  const file = join(dir, "relay.ts");
  writeFileSync(file, relay("text: settled.error.message,"));
  const { code, topologies = [] } = await asked(["relay", "--plugin", file], join(dir, "home"));
  expect([code, topologies.length, (topologies[0]?.failed ?? 0) > 0]).toEqual([1, 1, true]);
  expect(topologies[0]?.reasons).toContainEqual(
    expect.stringMatching(/^failed: a failed agent's error is shown to nobody and is no outcome: 1 agents, .*the outcome holds the error of r0\/a0$/),
  );
  expect(await asked(["moebius"], join(dir, "home"))).toMatchObject({
    code: 1,
    error: { code: "TOPOLOGY_UNKNOWN", do: expect.stringContaining("sequential") },
  });
});
