import { OrreryError } from "@orrery/sdk/error";

const shim = `export const definePlugin = (plugin) => plugin;
export class OrreryError extends Error { constructor(code, message, options) { super(message, options); this.name = "OrreryError"; this.code = code; } }`;

const imported = /^(\s*import\s*|\s*(?:import|export)\b[^;'"=]*\bfrom\s*)(["'])([^"']+)\2/gm;

/**
 * TypeScript → a module for the plugin's worker: types stripped, and the import of "@orrery/sdk" led to `sdkUrl`
 * (import maps do not reach workers). Throws SOURCE_INVALID with the place, or IMPORT_UNKNOWN.
 */
export async function compilePlugin(source: string, sdkUrl: string): Promise<string> {
  const { transform } = await import("sucrase");
  let code: string;
  try {
    ({ code } = transform(source, { transforms: ["typescript"], disableESTransforms: true, preserveDynamicImport: true }));
  } catch (thrown) {
    throw new OrreryError("SOURCE_INVALID", thrown instanceof Error ? thrown.message.replace(/^Error transforming .*?: /, "") : String(thrown));
  }
  return code.replace(imported, (_whole, before: string, quote: string, name: string) => {
    if (name === "@orrery/sdk") return `${before}${quote}${sdkUrl}${quote}`;
    throw new OrreryError("IMPORT_UNKNOWN", `a plugin edited in the page can import "@orrery/sdk" only, not "${name}"`, {
      todo: "Put what it needs into the file.",
    });
  });
}

export const shimUrl = (): string => URL.createObjectURL(new Blob([shim], { type: "text/javascript" }));
