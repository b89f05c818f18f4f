import type { Kernel, PluginReport } from "@orrery/kernel";
import type { Json } from "../json.ts";
import type { Lifecycle } from "../lifecycle.ts";
import type { SettingsHost } from "./settings-desk.ts";

/** What a host has of plugins that came as packages. */
export interface PackagesHere {
  list(): Promise<readonly { readonly id: string; readonly version: string; readonly problem?: { readonly code: string; readonly message: string } }[]>;
  manifestOf(id: string): Promise<{ readonly config?: { readonly [name: string]: Json } | undefined }>;
}
type Found = Awaited<ReturnType<SettingsHost["find"]>>;

/** Looks plugins up in a host: what its kernel says of one, and whether it came as a package. `packages` is asked each time: they may come later. */
export function pluginLookup(kernel: Pick<Kernel<Lifecycle>, "inspect">, packages: () => Promise<PackagesHere> | undefined) {
  const reportOf = (id: string): PluginReport | undefined => kernel.inspect().plugins.find((plugin) => plugin.id === id);
  const packageOf = async (id: string) => (await (await packages())?.list())?.find((each) => each.id === id);
  return {
    reportOf,
    packageOf,
    /** As a desk asks for it; of one that came as no package, what `own` says. */
    async find(id: string, own: (report: PluginReport | undefined, runs: boolean) => Found): Promise<Found> {
      const report = reportOf(id);
      const runs = report?.state === "active" || report?.state === "suspended";
      const installed = await packageOf(id);
      if (!installed) return own(report, runs);
      const manifest = await (await packages())?.manifestOf(id);
      const { problem, version } = installed;
      return { id, version, schema: manifest?.config, stranger: true, runs, ...(problem ? { problem } : {}) };
    },
  };
}
