import { KernelError } from "./errors.ts";
import type { KernelOptions } from "./kernel-types.ts";
import type { Catalogue } from "./hook-spec.ts";
import type { Manifest, Tier } from "./plugin.ts";

/** What a tier may ever have, whatever the policy says. Core and trusted code runs with the process's own powers, so a ceiling there would protect nothing. */
const ceilings: { readonly [T in Tier]: readonly string[] } = {
  core: ["*"],
  trusted: ["*"],
  community:
    "model.call tool.call hook.call:* service.find:* net:* memory.read:* memory.write:* storage:* events:* secrets.use:* documents.read documents.read:* ui.view ui.view:*".split(
      " ",
    ),
};

/**
 * Whether having `granted` gives `needed`. `*` gives everything; otherwise names before the first `:` must be equal
 * and the scope after it may hold `*` for any run of characters: `net:*.example.org`.
 */
export function covers(granted: string, needed: string): boolean {
  if (granted === "*" || granted === needed) return true;
  const at = granted.indexOf(":");
  if (at < 0 || !granted.includes("*", at) || !needed.startsWith(granted.slice(0, at + 1))) return false;
  const glob = granted
    .slice(at + 1)
    .replace(/[^*]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replace(/\*+/g, ".*");
  return new RegExp(`^${glob}$`, "s").test(needed.slice(at + 1));
}

/** One activation's capabilities: requested ∩ policy ∩ ceiling, less what the operator denies. */
export class Grants {
  readonly granted: readonly string[];
  readonly denied: readonly string[];
  readonly used = new Set<string>();
  readonly #plugin: string;
  readonly #deny: readonly string[];
  readonly #onDenied: (capability: string) => void;
  readonly #asked = new Map<string, boolean>();

  constructor(manifest: Manifest, tier: Tier, deny: readonly string[], policy: KernelOptions<Catalogue>["policy"], onDenied: (capability: string) => void) {
    const requested = (manifest.capabilities ?? []).map((each) => (typeof each === "string" ? each : each.name));
    const allowed = (capability: string): boolean =>
      ceilings[tier].some((ceiling) => covers(ceiling, capability)) &&
      !deny.some((pattern) => covers(pattern, capability)) &&
      (policy?.({ plugin: manifest.id, tier, capability }) ?? true);
    this.granted = requested.filter(allowed);
    this.denied = requested.filter((capability) => !this.granted.includes(capability));
    this.#plugin = manifest.id;
    this.#deny = deny;
    this.#onDenied = onDenied;
  }

  /** Remembers each answer: grants never change during an activation. */
  can(capability: string): boolean {
    let answer = this.#asked.get(capability);
    if (answer === undefined) {
      answer = this.granted.some((granted) => covers(granted, capability)) && !this.#deny.some((pattern) => covers(pattern, capability));
      if (this.#asked.size < 1000) this.#asked.set(capability, answer);
    }
    return answer;
  }

  /** @throws CAPABILITY_DENIED, and reports the denial. */
  require(capability: string): void {
    if (this.can(capability)) {
      this.used.add(capability);
      return;
    }
    this.#onDenied(capability);
    throw new KernelError("CAPABILITY_DENIED", { plugin: this.#plugin, detail: capability });
  }
}
