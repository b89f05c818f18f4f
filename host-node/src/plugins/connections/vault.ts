import type { Home } from "../../home.ts";
import { readJsonObject, writeJsonObject } from "../../settings/settings-file.ts";
import { providers } from "./providers.ts";

/** Where keys are. Held by the host alone: plugins name a credential and never see it. */
export interface Vault {
  /** The key and where it comes from; undefined when there is none. */
  key(provider: string): { value: string; source: string } | undefined;
  remember(provider: string, key: string): void;
  forget(provider: string): boolean;
}

/** Keys of the environment first, then those of `keys.json`. */
export function createVault(home: Pick<Home, "keys">, env: NodeJS.ProcessEnv): Vault {
  const stored = () => readJsonObject(home.keys);
  return {
    key(provider) {
      const variable = Object.hasOwn(providers, provider) ? providers[provider]?.keyVariable : undefined;
      const given = variable && env[variable]?.trim();
      if (variable && given) return { value: given, source: variable };
      const keys = stored();
      const kept = Object.hasOwn(keys, provider) ? keys[provider] : undefined;
      return typeof kept === "string" && kept !== "" ? { value: kept, source: "config" } : undefined;
    },
    remember(provider, key) {
      writeJsonObject(home.keys, { ...stored(), [provider]: key });
    },
    forget(provider) {
      const { [provider]: gone, ...rest } = stored();
      if (gone === undefined) return false;
      writeJsonObject(home.keys, rest);
      return true;
    },
  };
}
