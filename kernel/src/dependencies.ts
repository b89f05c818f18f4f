import { KernelError } from "./errors.ts";
import type { AnyPlugin } from "./plugin.ts";

export const requiredIds = (plugin: AnyPlugin): string[] => Object.values(plugin.requires ?? {}).map((token) => token.id);
export const providedIds = (plugin: AnyPlugin): string[] => (plugin.provides ?? []).map((token) => token.id);

/** @throws SERVICE_CONFLICT when another plugin lists the same service (one provider a service); REQUIRES_CYCLE with the path, each step naming the service it goes by. */
export function assertFits(plugin: AnyPlugin, installed: readonly AnyPlugin[]): void {
  const { id } = plugin.manifest;
  const others = installed.filter((each) => each.manifest.id !== id);
  const providers = new Map(others.flatMap((each) => providedIds(each).map((service) => [service, each] as const)));
  for (const service of providedIds(plugin)) {
    const other = providers.get(service);
    if (other && other !== plugin) throw new KernelError("SERVICE_CONFLICT", { plugin: id, detail: `${service} is provided by ${other.manifest.id}` });
    providers.set(service, plugin);
  }
  const seen = new Set<AnyPlugin>();
  const walk = (at: AnyPlugin, path: string): void => {
    for (const service of requiredIds(at)) {
      const next = providers.get(service);
      if (!next || seen.has(next)) continue;
      const here = `${path} → (${service}) ${next.manifest.id}`;
      if (next === plugin) throw new KernelError("REQUIRES_CYCLE", { plugin: id, detail: here });
      seen.add(next);
      walk(next, here);
    }
  };
  walk(plugin, id);
}
