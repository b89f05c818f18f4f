import type { Json } from "@orrery/sdk";
import { packPlugin } from "@orrery/sdk/package";

interface Sample {
  readonly id?: string;
  readonly version?: string;
  readonly title?: string;
  /** Capability → its reason. */
  readonly capabilities?: { readonly [name: string]: string };
  readonly budget?: { readonly runUsd: number; readonly dayUsd: number; readonly reason: string };
  readonly hooks?: readonly string[];
  /** What it is configured with, as JSON Schema. */
  readonly config?: { readonly [key: string]: Json };
  /** The body of its setup. */
  readonly setup?: string;
}

/** Keeps one value, and asks at every step for the network it may not have been given. */
export const curious =
  'await use.storage.open("notes").set("first", "kept by acme"); tap("step.after", (result) => { try { need("net:api.example:GET"); } catch {} return { ...result, text: result.text + " (signed)" }; });';

/** A plugin's package, unsigned. */
export function samplePackage({
  id = "acme.signature",
  version = "1.0.0",
  title = "Signature",
  capabilities = { "storage:64KB": "it remembers what it signed", "net:api.example:GET": "it looks up who wrote it" },
  budget,
  hooks = ["step.after"],
  config,
  setup = curious,
}: Sample = {}): Promise<Uint8Array<ArrayBuffer>> {
  const code = `export default {
    manifest: { id: "${id}", version: "${version}", api: "^1.0", capabilities: ${JSON.stringify(Object.keys(capabilities))} },
    requires: { storage: { id: "orrery.storage@1" } },
    async setup({ tap, use, require: need, log, config }) { ${setup} },
  };`;
  const asked = Object.entries(capabilities).map(([name, reason]) => ({ name, reason }));
  const description = "Puts a line under what every agent wrote.";
  const manifest = {
    id,
    version,
    api: "^1.0",
    title,
    description,
    licence: "MIT",
    capabilities: asked,
    ...(budget ? { budget } : {}),
    hooks: [...hooks],
    requires: { storage: "orrery.storage@1" },
    provides: [],
    ...(config ? { config } : {}),
  };
  return packPlugin({ manifest, code }) as Promise<Uint8Array<ArrayBuffer>>;
}
