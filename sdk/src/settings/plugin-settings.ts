import type { Json } from "../json.ts";
import { membersOf, type PackageSetting, packageSettings } from "../package/settings.ts";
import { isObject, isSecret, type JsonSchema } from "./json-schema.ts";

/** One setting of a plugin, as a person may see and change it. Plain data; what is secret is not in it. */
export interface PluginSetting extends PackageSetting {
  /** JSON Schema of this one. */
  readonly schema: JsonSchema;
  /** It is written and never shown. */
  readonly secret: boolean;
  /** Somebody set it; where nobody did, its default holds. */
  readonly set: boolean;
  /** What was set; absent for a secret. */
  readonly value?: Json;
}

export interface PluginSettings {
  readonly id: string;
  readonly version: string;
  /** Whether its author's library says what it takes: then nothing is kept that does not fit. */
  readonly described: boolean;
  readonly settings: readonly PluginSetting[];
  /** Why it does not run with them, when it does not. */
  readonly problem?: { readonly code: string; readonly message: string };
}

/** A member each; what is in neither list stays as it is. */
export interface SettingsChange {
  readonly set?: { readonly [name: string]: Json };
  /** Taken back to their defaults. */
  readonly unset?: readonly string[];
  /** Everything that was set and is not named in `set` goes. */
  readonly others?: "unset";
}

/** What a plugin was configured with: an object, nearly always. */
export type SettingsValue = { readonly [name: string]: Json };

/** The settings a schema has, with what of them is set; and what is set that no schema tells of. */
export function settingsOf(schema: JsonSchema | undefined, given: SettingsValue): readonly PluginSetting[] {
  const members = membersOf(schema);
  const told = packageSettings(schema).map((setting, at): PluginSetting => {
    const own = members[at]?.schema ?? {};
    const secret = isSecret(own);
    const set = Object.hasOwn(given, setting.name);
    const value = given[setting.name];
    return { ...setting, schema: own, secret, set, ...(set && !secret && value !== undefined ? { value } : {}) };
  });
  const beside = isObject(schema?.["additionalProperties"]) ? schema["additionalProperties"] : {};
  const others = Object.entries(given).filter(([name]) => !members.some((each) => each.name === name));
  return [
    ...told,
    ...others.map(([name, value]): PluginSetting => {
      const secret = isSecret(beside);
      return { name, takes: "anything", needed: false, schema: beside, secret, set: true, ...(secret ? {} : { value }) };
    }),
  ];
}

/** What holds once the change is made. */
export function changed(given: SettingsValue, { set = {}, unset = [], others }: SettingsChange): SettingsValue {
  const kept = others === "unset" ? [] : Object.entries(given).filter(([name]) => !unset.includes(name));
  return Object.fromEntries([...kept, ...Object.entries(set)]);
}
