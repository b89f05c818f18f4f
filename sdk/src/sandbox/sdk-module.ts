import * as sdk from "../index.ts";

/**
 * What a plugin gets for `import … from "@orrery/sdk"` inside the sandbox: `definePlugin`, `token`, `OrreryError`, and the tokens of the services it may ask for.
 * A packed plugin has its own copy bundled in and needs none of it.
 */
export function sdkModule(): string {
  const tokens = Object.entries(sdk).filter((entry): entry is [string, { id: string }] => {
    const value: unknown = entry[1];
    return typeof value === "object" && value !== null && Object.keys(value).length === 1 && typeof (value as { id?: unknown }).id === "string";
  });
  return [
    "export const definePlugin = (plugin) => plugin;",
    "export const token = (id) => Object.freeze({ id });",
    'export class OrreryError extends Error { constructor(code, message, options = {}) { super(message); this.name = "OrreryError"; this.code = code; this.todo = options.todo; } }',
    ...tokens.map(([name, { id }]) => `export const ${name} = Object.freeze({ id: ${JSON.stringify(id)} });`),
  ].join("\n");
}
