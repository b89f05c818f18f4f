import { OrreryError, type TopologyExecutor, token } from "@orrery/sdk";
import { oneLine } from "../terminal.ts";
import { type Common, withHost } from "../with-host.ts";

/** `orrery conformance topologies`: the specification's claims, asked of every topology that is installed. Exit code 1 when one does not hold. */
export function topologies(options: Common, wanted: string): Promise<number> {
  return withHost(options, async ({ host, terminal }) => {
    const { describeTopology, runConformance, topologyOfService } = await import("@orrery/sdk/conformance");
    const installed = host.kernel
      .inspect()
      .plugins.flatMap(({ provides }) => provides)
      .flatMap((service) => {
        const id = topologyOfService(service);
        const executor = id === undefined ? undefined : host.kernel.service(token<TopologyExecutor>(service));
        return id !== undefined && executor ? [{ id, executor }] : [];
      });
    const chosen = wanted === "" ? installed : installed.filter(({ id }) => id === wanted);
    if (chosen.length === 0)
      throw new OrreryError("TOPOLOGY_UNKNOWN", wanted === "" ? "No topology is installed." : `There is no topology "${wanted}".`, {
        todo: `Installed are: ${installed.map(({ id }) => id).join(", ") || "none"}. Another one's file goes with --plugin FILE.`,
      });
    const reports = [];
    for (const subject of chosen) {
      const report = await runConformance(subject.id, describeTopology(subject, await subject.executor.conformance?.()));
      reports.push(report);
      const { passed, failed, skipped, reasons } = report;
      const { green, red, dim } = terminal.colours;
      terminal.line(`${failed === 0 ? green("ok") : red("no")}  ${subject.id}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
      for (const reason of reasons) terminal.line(dim(`      ${oneLine(reason, 600)}`));
    }
    terminal.object({ topologies: reports });
    return reports.every(({ failed }) => failed === 0) ? 0 : 1;
  });
}
