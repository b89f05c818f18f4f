// tsyringe refuses to load without Reflect.getMetadata; the lite shim defines it without making code.
import "reflect-metadata/lite";
import { container, instanceCachingFactory } from "tsyringe";
import type { Platform } from "./kernel-types.ts";

/** Where one activation's services meet: what it requires comes in as factories, what it provides goes in as values. Disposes no service: the scope that made it does. */
export interface Composition {
  /** Makes `id` resolve to what `from` offers, looked up once, at the first use. */
  bind(id: string, from: Composition): void;
  offer(id: string, service: unknown): void;
  resolve(id: string): unknown;
}

/** The composition root of one kernel: holds the platform, and makes one child container an activation. */
export function createRoot(platform: Platform): () => Composition {
  const root = container.createChildContainer().register("orrery.platform@1", { useValue: platform });
  return () => {
    const child = root.createChildContainer();
    return {
      bind: (id, from) => void child.register(id, { useFactory: instanceCachingFactory(() => ({ service: from.resolve(id) })) }),
      // In a box: tsyringe cannot tell a null service from none.
      offer: (id, service) => void child.register(id, { useValue: { service } }),
      resolve: (id) => child.resolve<{ readonly service: unknown }>(id).service,
    };
  };
}
