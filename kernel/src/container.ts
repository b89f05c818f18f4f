// tsyringe refuses to load without Reflect.getMetadata; the lite shim defines it without generating code.
import "reflect-metadata/lite";
import { container, instanceCachingFactory } from "tsyringe";
import type { Platform } from "./kernel-types.ts";

/** Where one activation's services meet: what it requires comes in as factories, what it provides goes in as values. */
export interface Composition {
  /** Makes `id` resolve to what `from` offers, looked up once, at the first use. */
  bind(id: string, from: Composition): void;
  offer(id: string, service: unknown): void;
  resolve(id: string): unknown;
  /** Forgets the registrations. Disposes no service: the scope that made it does. */
  clear(): void;
}

/** The composition root of one kernel: holds the platform, and makes one child container an activation. */
export function createRoot(platform: Platform): () => Composition {
  const root = container.createChildContainer();
  root.register("orrery.platform@1", { useValue: platform });
  return () => {
    const child = root.createChildContainer();
    return {
      bind: (id, from) => void child.register(id, { useFactory: instanceCachingFactory(() => from.resolve(id)) }),
      // A null service cannot be told from none in tsyringe, so the value goes in a box.
      offer: (id, service) => void child.register(id, { useValue: { service } }),
      resolve: (id) => child.resolve(id),
      clear: () => child.reset(),
    };
  };
}

/** What `resolve` gives: the service in its box. */
export interface Boxed {
  readonly service: unknown;
}
