import { definePlugin, type Dispatch, token, type TopologyExecutor, topologyToken } from "@orrery/sdk";

const Relay = token<TopologyExecutor>(topologyToken("relay"));

/** Where the relay is: plain data, so that a journal can replay it. */
type State = { agents: string[]; lap: number; at: number; laps: number };

const lapsOf = (config: unknown): number => Number((config as { laps?: unknown } | null)?.laps ?? 2);
const path = (state: State): string => `r${state.lap}/${state.agents[state.at]}`;
const hand = (state: State, inputs: string[]): Dispatch => ({ path: path(state), agent: state.agents[state.at] ?? "", round: state.lap, inputs });

/** The team in a ring, several laps: each agent sees what the one before it made. */
const relay: TopologyExecutor = {
  check: (_team, config) => (Number.isInteger(lapsOf(config)) && lapsOf(config) >= 1 ? [] : ["config.laps: a whole number from 1"]),
  predictCalls: (team, config) => {
    const calls = team.agents.length * lapsOf(config);
    return { min: calls, expected: calls, max: calls };
  },
  edges: (team) => team.agents.map((agent, i) => ({ from: agent.id, to: team.agents[(i + 1) % team.agents.length]?.id ?? agent.id })),
  start: (team, config) => {
    const state: State = { agents: team.agents.map((agent) => agent.id), lap: 0, at: 0, laps: lapsOf(config) };
    return { state, dispatch: [hand(state, [])] };
  },
  next: (before, settled) => {
    const state = before as State;
    if (!settled.ok) {
      const { code = "STEP_FAILED", message = "" } = settled.error ?? {};
      return { state, dispatch: [], done: { output: undefined, failures: [{ agent: settled.agent, path: settled.path, code, message }] } };
    }
    const around = state.at + 1 === state.agents.length;
    const after = { ...state, at: around ? 0 : state.at + 1, lap: around ? state.lap + 1 : state.lap };
    if (after.lap === state.laps) return { state: after, dispatch: [], done: { output: settled.path, failures: [] } };
    return { state: after, dispatch: [hand(after, [settled.path])] };
  },
};

/** Answers `task.topology` for its own id only, so that `--topology relay` finds it. */
export default definePlugin({
  manifest: { id: "acme.relay", version: "1.0.0", api: "^1.0" },
  provides: [Relay],
  setup({ provide, tap }) {
    provide(Relay, relay);
    tap("task.topology", (plan) => (plan.topology.id === "relay" ? { service: Relay.id } : undefined));
  },
});
