import "./reflect.ts";
import { container } from "tsyringe";
import type { Platform } from "./contract.ts";

/**
 * The composition root of one kernel: holds the platform, and makes one child container an activation,
 * where it offers its services and others resolve them. Disposes no service: the scope that made it does.
 */
export function createRoot(platform: Platform) {
  const root = container.createChildContainer().register("orrery.platform@1", { useValue: platform });
  return () => {
    const child = root.createChildContainer();
    return {
      // In a box: tsyringe cannot tell a null service from none.
      offer: (id: string, service: unknown) => void child.register(id, { useValue: { service } }),
      resolve: (id: string): unknown => child.resolve<{ readonly service: unknown }>(id).service,
    };
  };
}
