import type { WaitingItem } from "@orrery/sdk";

/** Names a gate of a run in an address. */
export const idOf = ({ run, gate }: Pick<WaitingItem, "run" | "gate">): string => `${run}~${gate}`;
