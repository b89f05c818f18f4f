import { OrreryError } from "@orrery/sdk";
import type { Home } from "../../home.ts";
import { loadSettings, saveSetting } from "../../settings/load-settings.ts";
import { connectionSetting } from "../../settings/schema.ts";
import { accessOf } from "./providers.ts";
import type { Vault } from "./vault.ts";

/** Remembers a model host and its key. Throws CONNECTION_INVALID and changes nothing when the address or name makes no sense. */
export function connect(
  { home, vault }: { home: Home; vault: Vault },
  { provider, baseUrl, key, models }: { provider: string; baseUrl?: string; key?: string; models?: string[] },
): void {
  const parsed = connectionSetting.safeParse({ provider, ...(baseUrl ? { baseUrl } : {}), ...(models && models.length > 0 ? { models } : {}) });
  if (!parsed.success) {
    const why = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`).join("; ");
    throw new OrreryError("CONNECTION_INVALID", `"${provider}" cannot be connected: ${why}`, {
      todo: "Give a provider's name and, for a host of your own, its address: orrery connect NAME --url http://…/v1",
    });
  }
  if (!baseUrl && !accessOf(provider).baseUrl) {
    throw new OrreryError("CONNECTION_INVALID", `"${provider}" has no known address`, { todo: `Give one: orrery connect ${provider} --url http://…/v1` });
  }
  if (key !== undefined && /[\s\u0000-\u001f]/.test(key)) {
    throw new OrreryError("CONNECTION_INVALID", "the key has spaces or line breaks in it", { todo: "Copy the key again, without anything around it." });
  }
  const others = loadSettings(home, {}).connections.filter((setting) => setting.provider !== provider);
  saveSetting(home, "connections", [...others, parsed.data]);
  if (key) vault.remember(provider, key);
}

/** Forgets the host and its key; what the environment gives stays. */
export function disconnect({ home, vault }: { home: Home; vault: Vault }, provider: string): boolean {
  const before = loadSettings(home, {}).connections;
  const after = before.filter((setting) => setting.provider !== provider);
  if (after.length < before.length) saveSetting(home, "connections", after.length > 0 ? after : undefined);
  const hadKey = vault.forget(provider);
  return hadKey || after.length < before.length;
}
