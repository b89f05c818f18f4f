import { OrreryError } from "@orrery/sdk/error";

const imported = /^(?:\s*import\s*|\s*(?:import|export)\b[^;'"=]*\bfrom\s*)(["'])([^"']+)\1/gm;

/** TypeScript → a module for the sandbox: types stripped, its only import "@orrery/sdk". Throws SOURCE_INVALID with the place, or IMPORT_UNKNOWN. */
export async function compilePlugin(source: string): Promise<string> {
  const { transform } = await import("sucrase");
  let code: string;
  try {
    ({ code } = transform(source, { transforms: ["typescript"], disableESTransforms: true, preserveDynamicImport: true }));
  } catch (thrown) {
    throw new OrreryError("SOURCE_INVALID", thrown instanceof Error ? thrown.message.replace(/^Error transforming .*?: /, "") : String(thrown));
  }
  const other = [...code.matchAll(imported)].find(([, , name]) => name !== "@orrery/sdk");
  if (other) {
    throw new OrreryError("IMPORT_UNKNOWN", `a plugin edited in the page can import "@orrery/sdk" only, not "${other[2]}"`, {
      todo: "Put what it needs into the file.",
    });
  }
  return code;
}
