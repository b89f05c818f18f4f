import type { Dispatch, Settled } from "@orrery/sdk";
import type { TypedMove } from "./topology.ts";

/** Where a failed step is asked again: which are under way, and the path that each name now stands for. */
export type Retries = { most: number; flights: { [path: string]: { dispatch: Dispatch; tries: number } }; names: { [path: string]: string } };

/** The steps as the topology named them, under the paths they really have: a second try has one of its own. */
export function sent<State>(retries: Retries, move: TypedMove<State>): { retries: Retries; move: Omit<TypedMove<State>, "state"> } {
  const flights = { ...retries.flights };
  const real = (path: string): string => retries.names[path] ?? path;
  const cancel = move.cancel?.map(real);
  for (const path of move.cancel ?? []) delete flights[path];
  const dispatch = move.dispatch.map((one) => ({ ...one, inputs: one.inputs.map(real) }));
  for (const one of dispatch) flights[one.path] = { dispatch: one, tries: 0 };
  const { output } = move.done ?? {};
  const done = move.done && { ...move.done, output: output === undefined ? undefined : real(output) };
  return {
    retries: { ...retries, flights: done ? {} : flights },
    move: { dispatch, ...(cancel ? { cancel } : {}), ...(done ? { done } : {}) },
  };
}

/** A settlement under the name the topology gave the step; or what is sent once more when it failed and may be tried again; nothing for a step not under way. */
export function settledAgain(retries: Retries, settled: Settled): { retries: Retries; settled?: Settled; dispatch: Dispatch[] } {
  const named = Object.keys(retries.flights).find((name) => (retries.names[name] ?? name) === settled.path);
  const flight = named === undefined ? undefined : retries.flights[named];
  if (named === undefined || !flight) return { retries, dispatch: [] };
  const { [named]: _landed, ...flights } = retries.flights;
  if (settled.ok || flight.tries >= retries.most) return { retries: { ...retries, flights }, settled: { ...settled, path: named }, dispatch: [] };
  const tries = flight.tries + 1;
  const path = `${named}~${tries + 1}`;
  return {
    retries: { ...retries, flights: { ...flights, [named]: { ...flight, tries } }, names: { ...retries.names, [named]: path } },
    dispatch: [{ ...flight.dispatch, path }],
  };
}
