import { KernelError } from "./errors.ts";
import type { Catalogue, KernelOptions, Manifest, Tier } from "./contract.ts";

const community =
  "model.call tool.call hook.call:* service.find:* net:* memory.read:* memory.write:* storage:* events:* secrets.use:* documents.read documents.read:* ui.view ui.view:*";

/** What a tier may ever have, whatever the policy says. Core and trusted code runs with the process's own powers, so a ceiling there would protect nothing. */
const ceilings: { readonly [T in Tier]: readonly string[] } = { core: ["*"], trusted: ["*"], community: community.split(" ") };

/** What a plugin asks for may be endless (`net:*`); what is kept of it is not. */
const maxRemembered = 1000;

/**
 * Whether having `granted` gives `needed`. `*` gives everything; otherwise names before the first `:` must be equal
 * and the scope after it may hold `*` for any run of characters: `net:*.example.org`.
 */
export function covers(granted: string, needed: string): boolean {
  if (granted === "*" || granted === needed) return true;
  const at = granted.indexOf(":");
  if (at < 0 || !granted.includes("*", at) || !needed.startsWith(granted.slice(0, at + 1))) return false;
  const scope = granted.slice(at + 1).replace(/[^*]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return new RegExp(`^${scope.replace(/\*+/g, ".*")}$`, "s").test(needed.slice(at + 1));
}

/** One activation's capabilities: requested ∩ policy ∩ ceiling, less what the operator denies. */
export type Grants = ReturnType<typeof createGrants>;

export type Policy = NonNullable<KernelOptions<Catalogue>["policy"]>;

export function createGrants(manifest: Manifest, tier: Tier, deny: readonly string[], policy: Policy, onDenied: (capability: string) => void) {
  const { id: plugin, capabilities = [] } = manifest;
  const requested = capabilities.map((each) => (typeof each === "string" ? each : each.name));
  const among = (patterns: readonly string[], capability: string): boolean => patterns.some((pattern) => covers(pattern, capability));
  const granted = requested.filter((capability) => among(ceilings[tier], capability) && !among(deny, capability) && policy({ plugin, tier, capability }));
  const asked = new Map<string, boolean>();
  const used = new Set<string>();
  /** Remembers each answer: grants never change during an activation. */
  const can = (capability: string): boolean => {
    const answer = asked.get(capability) ?? (among(granted, capability) && !among(deny, capability));
    if (asked.size < maxRemembered) asked.set(capability, answer);
    return answer;
  };
  return {
    granted: granted as readonly string[],
    denied: requested.filter((capability) => !granted.includes(capability)) as readonly string[],
    used: used as ReadonlySet<string>,
    can,
    /** @throws CAPABILITY_DENIED, and reports the denial. */
    require(capability: string): void {
      if (!can(capability)) {
        onDenied(capability);
        throw new KernelError("CAPABILITY_DENIED", { plugin, detail: capability });
      }
      if (used.size < maxRemembered) used.add(capability);
    },
  };
}
