import type { KeptRuns } from "@orrery/sdk";
import type { StateDatabase } from "./database.ts";

const key: [string, string] = ["orrery.host", "retention"];

/** Which runs this browser keeps; with no bound, all. */
export const keptRuns = async (state: StateDatabase): Promise<KeptRuns> => ((await state.values.get(key))?.value as KeptRuns | undefined) ?? {};

export async function keepRuns(state: StateDatabase, { olderThanMs, keep, bytes }: KeptRuns): Promise<void> {
  const [ns, name] = key;
  const value = { ...(olderThanMs === undefined ? {} : { olderThanMs }), ...(keep === undefined ? {} : { keep }), ...(bytes === undefined ? {} : { bytes }) };
  await state.values.put({ ns, key: name, value });
}
