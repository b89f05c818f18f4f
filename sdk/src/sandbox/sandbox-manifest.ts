import type { Manifest } from "@orrery/kernel";
import type { GuestDescription } from "./message.ts";

/** What a host knows of a plugin without running it. What it does beyond this is refused. */
export interface SandboxManifest extends Manifest {
  readonly hooks: readonly string[];
  readonly requires: { readonly [name: string]: string };
  readonly provides: readonly string[];
}

/** Where the code's own word differs from the manifest it was granted by; undefined when it does not. */
export function mismatch(manifest: SandboxManifest, said: GuestDescription): string | undefined {
  if (said.manifest.id !== manifest.id || said.manifest.version !== manifest.version)
    return `it calls itself ${String(said.manifest.id).slice(0, 80)} ${String(said.manifest.version).slice(0, 40)}`;
  const more = Object.entries(said.requires).find(([name, token]) => manifest.requires[name] !== token);
  if (more) return `it requires ${more[1].slice(0, 80)}`;
  const offered = said.provides.find((token) => !manifest.provides.includes(token));
  return offered === undefined ? undefined : `it provides ${offered.slice(0, 80)}`;
}
