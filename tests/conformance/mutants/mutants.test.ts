import privacy from "@orrery/plugins/privacy/classifier";
import { token, type TopologyExecutor, topologyToken } from "@orrery/sdk";
import { describeTopology, runConformance } from "@orrery/sdk/conformance";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { topologies } from "../../support/topologies.ts";
import { anyTopology } from "./any-topology.ts";
import { byTopology } from "./by-topology.ts";
import { mutant } from "./mutant.ts";

// Small teams show what large ones do; the whole kit runs beside this on every size.
const agents = [3, 4];
const ids = topologies.map(({ manifest }) => manifest.id.replace("orrery.topology.", ""));

let host: TestHost;
beforeAll(async () => {
  host = await createTestHost({ plugins: [privacy, ...topologies] });
});
afterAll(() => host.close());
const executor = (id: string): TopologyExecutor => {
  const found = host.kernel.service(token<TopologyExecutor>(topologyToken(id)));
  if (!found) throw new Error(`no topology ${id}`);
  return found;
};
/** The first case that does not hold; undefined when the fault went unseen. Those of the topology's own row are tried `first` or `last`: where the fault is likelier to show. */
async function caught(id: string, subject: TopologyExecutor, row: "first" | "last" = "first"): Promise<string | undefined> {
  const cases = describeTopology({ id, executor: subject }, { agents });
  const own = cases.filter(({ name }) => name.startsWith(`${id}: `));
  const general = cases.filter((each) => !own.includes(each));
  for (const one of row === "first" ? [...own, ...general] : [...general, ...own]) {
    const { failed, reasons } = await runConformance(id, [one]);
    if (failed > 0) return reasons[0];
  }
  return undefined;
}

describe.each(ids)("%s", (id) => {
  test("is found without fault when nothing is changed", { timeout: 180_000 }, async () => {
    expect(await caught(id, mutant(executor(id)))).toBeUndefined();
  });
  const faults = [
    ...anyTopology().map((fault) => [fault.name, fault, "last"] as const),
    ...(byTopology[id] ?? []).map((fault) => [fault.name, fault, "first"] as const),
  ];
  test.each(faults)("is caught when it %s", { timeout: 180_000 }, async (_, fault, row) => {
    expect(await caught(id, mutant(executor(id), fault), row)).toBeDefined();
  });
});

test("every topology has faults of its own row", () => {
  for (const id of ids) expect(byTopology[id]?.length ?? 0, id).toBeGreaterThanOrEqual(4);
});
