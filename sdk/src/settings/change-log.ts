import type { Kernel } from "@orrery/kernel";
import { type KeyValue, Storage } from "../host-services.ts";
import type { Json } from "../json.ts";
import type { Lifecycle } from "../lifecycle.ts";

/** Somebody changed what a plugin is set to, or what it may spend. */
export interface PluginChangeNote {
  /** ms since the epoch. */
  readonly at: number;
  /** On whose behalf. */
  readonly by: string;
  readonly what: "settings" | "budget";
  /** From what to what; no secret is in it. */
  readonly detail: string;
}

const kept = 50;
const key = "changes";

/** Where a host keeps what it counted and noted of a plugin. */
export const tallyOf = (id: string): string => `packages.${id}`;

/** The last changes, oldest first. */
export async function changesIn(space: Pick<KeyValue, "get"> | undefined): Promise<readonly PluginChangeNote[]> {
  const found = await space?.get(key);
  return Array.isArray(found) ? (found as unknown as PluginChangeNote[]) : [];
}

/** Keeps it with the last ones, and tells whoever taps `kernel.plugin`. */
export async function noteChange(kernel: Pick<Kernel<Lifecycle>, "service" | "call" | "inspect">, id: string, note: PluginChangeNote): Promise<void> {
  const space = kernel.service(Storage)?.open(tallyOf(id));
  const notes = [...(await changesIn(space)), { ...note, detail: note.detail.slice(0, 1_000) }].slice(-kept);
  await space?.set(key, notes as unknown as Json);
  const version = kernel.inspect().plugins.find((plugin) => plugin.id === id)?.version ?? "";
  await kernel.call("kernel.plugin", { plugin: id, version, to: note.what, detail: `${note.by}: ${note.detail}`, at: note.at });
}
