export { assertSettings, type Described } from "./check-settings.ts";
export { changed, settingsOf, type PluginSetting, type PluginSettings, type SettingsChange, type SettingsValue } from "./plugin-settings.ts";
export { isSecret, type JsonSchema } from "./json-schema.ts";
export { SettingsDesk, type SettingsHost } from "./settings-desk.ts";
export { schemaOf } from "./schema-of.ts";
export { assertIdle } from "./idle.ts";
export { pluginLookup } from "./plugin-lookup.ts";
