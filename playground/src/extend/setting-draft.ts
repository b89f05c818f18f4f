import type { PluginSetting, SettingsChange } from "@orrery/sdk";

type Value = Exclude<PluginSetting["value"], undefined>;
type Kind = "secret" | "choice" | "switch" | "number" | "text" | "lines" | "json";

/** What somebody did to one setting and did not save yet: the text of its field, or taken back to its default. */
export type Draft = { readonly text: string } | "unset";
export type Drafts = { readonly [name: string]: Draft };

/** The field a setting is edited in; whatever no field is made for is edited as JSON. */
export function kindOf({ secret, schema }: PluginSetting): Kind {
  if (secret) return schema["type"] === "string" ? "secret" : "json";
  if (Array.isArray(schema["enum"]) && schema["enum"].every((each) => typeof each !== "object")) return "choice";
  const { type } = schema;
  if (type === "boolean") return "switch";
  if (type === "integer" || type === "number") return "number";
  if (type === "string") return "text";
  const items = schema["items"] as { readonly type?: Value; readonly enum?: Value } | null | undefined;
  return type === "array" && items?.type === "string" && items.enum === undefined ? "lines" : "json";
}

/** What a field shows of what holds: what was set, or the default. */
export function textOf(setting: PluginSetting, value: Value | undefined = setting.value ?? setting.default): string {
  if (value === undefined) return "";
  const kind = kindOf(setting);
  if (kind === "text") return String(value);
  if (kind === "lines" && Array.isArray(value)) return value.join("\n");
  return JSON.stringify(value, undefined, kind === "json" ? 2 : undefined);
}

/** The value a field's text stands for, or why it stands for none. What else a setting asks for its validator says. */
export function read(setting: PluginSetting, text: string): { readonly value: Value } | { readonly wrong: string } {
  const kind = kindOf(setting);
  if (kind === "text" || kind === "secret") return { value: text };
  if (kind === "lines") return { value: text.split("\n").filter((line) => line.trim() !== "") };
  try {
    const value = JSON.parse(text) as Value;
    const { schema, takes } = setting;
    const [least, most] = [schema["minimum"], schema["maximum"]];
    if (kind !== "number") return { value };
    const fits = typeof value === "number" && (schema["type"] !== "integer" || Number.isInteger(value));
    return fits && !(Number(least ?? value) > value) && !(Number(most ?? value) < value) ? { value } : { wrong: `Expected: ${takes}.` };
  } catch {
    return { wrong: kind === "number" ? `Expected: ${setting.takes}.` : "That is no JSON yet." };
  }
}

/** What is to be saved; undefined while there is nothing, or something that stands for no value. */
export function changeOf(settings: readonly PluginSetting[], drafts: Drafts): SettingsChange | undefined {
  const set: { [name: string]: Value } = {};
  const unset: string[] = [];
  for (const setting of settings) {
    const draft = drafts[setting.name];
    if (draft === undefined) continue;
    if (draft === "unset") {
      unset.push(setting.name);
      continue;
    }
    const found = read(setting, draft.text);
    if ("wrong" in found) return undefined;
    set[setting.name] = found.value;
  }
  return Object.keys(set).length + unset.length === 0 ? undefined : { set, unset };
}

/** What brings back what was set before a change; undefined where a secret was changed, which nobody here knows. */
export function undoOf(before: readonly PluginSetting[], { set = {}, unset = [] }: SettingsChange): SettingsChange | undefined {
  const changed = before.filter(({ name }) => Object.hasOwn(set, name) || unset.includes(name));
  if (changed.some(({ secret }) => secret)) return undefined;
  return {
    set: Object.fromEntries(changed.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    unset: changed.filter(({ value }) => value === undefined).map(({ name }) => name),
  };
}
