import { KernelError } from "./errors.ts";
import { providedIds, requiredIds } from "./installed.ts";
import type { AnyPlugin } from "./plugin.ts";

/** @throws SERVICE_CONFLICT when another plugin lists the same service: one provider a service. */
export function assertNoConflict(plugin: AnyPlugin, others: readonly AnyPlugin[]): void {
  for (const id of providedIds(plugin)) {
    const other = others.find((each) => providedIds(each).includes(id));
    if (other) throw new KernelError("SERVICE_CONFLICT", { plugin: plugin.manifest.id, detail: `${id} is provided by ${other.manifest.id}` });
  }
}

/** @throws REQUIRES_CYCLE with the path, each step naming the service it goes by. */
export function assertNoCycle(plugin: AnyPlugin, others: readonly AnyPlugin[]): void {
  const providers = new Map<string, AnyPlugin>();
  for (const each of [...others, plugin]) for (const id of providedIds(each)) providers.set(id, each);
  const seen = new Set<AnyPlugin>();
  const walk = (at: AnyPlugin, path: string): void => {
    for (const id of requiredIds(at)) {
      const next = providers.get(id);
      if (!next) continue;
      const here = `${path} → (${id}) ${next.manifest.id}`;
      if (next === plugin) throw new KernelError("REQUIRES_CYCLE", { plugin: plugin.manifest.id, detail: here });
      if (seen.has(next)) continue;
      seen.add(next);
      walk(next, here);
    }
  };
  walk(plugin, plugin.manifest.id);
}
