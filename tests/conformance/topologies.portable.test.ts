import privacy from "@orrery/plugins/privacy/classifier";
import { describeTopology } from "@orrery/sdk/conformance";
import { describe, test } from "vitest";
import { topologies } from "../support/topologies.ts";

describe.each(topologies.map((plugin) => [plugin.manifest.id, plugin] as const))("%s", (_, plugin) => {
  for (const { name, skip, run } of describeTopology(plugin, { besides: [privacy] })) test.skipIf(skip !== undefined)(name, { timeout: 180_000 }, run);
});
