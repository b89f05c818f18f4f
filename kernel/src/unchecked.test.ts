import { describe, expect, it } from "vitest";
import { createKernel, type Tier } from "./index.ts";
import { hooks, plugin, refusal, rig } from "./testing/fixtures.ts";
import { testPlatform } from "./testing/platform.ts";

const trusting = () => createKernel({ hooks, platform: testPlatform(), unchecked: ["core"] });
/** Answers `t.waterfall`, which is over numbers, with a text. */
const wrong = plugin("acme.wrong", ({ tap }) => {
  tap("t.waterfall", () => "text" as never);
});
/** Calls `t.waterfall` with a text when `t.bail` is called. */
const careless = plugin("acme.careless", ({ tap, call }) => {
  tap("t.bail", () => call("t.waterfall", "text" as never));
});
/** Without a tap a hook has nothing to check. */
const listener = plugin("acme.listener", ({ tap }) => {
  tap("t.waterfall", () => undefined);
});

describe("tiers taken at their word", () => {
  it("answer and call without being held against the schema", async () => {
    const kernel = trusting();
    await kernel.install(wrong);
    expect(await kernel.call("t.waterfall", 1)).toBe("text");
    await kernel.install(careless);
    expect(await kernel.call("t.bail", 1)).toEqual({ plugin: "acme.careless", value: "text" });
  });

  it.each<Tier>(["trusted", "community"])("are not those of %s plugins", async (tier) => {
    const kernel = trusting();
    await kernel.install(wrong, { tier });
    expect(await refusal(() => kernel.call("t.waterfall", 1))).toBe("TAP_ANSWER_INVALID acme.wrong");
  });

  it("are none where nobody said so, and never the host's own calls", async () => {
    const { kernel } = rig();
    await kernel.install(wrong);
    expect(await refusal(() => kernel.call("t.waterfall", 1))).toBe("TAP_ANSWER_INVALID acme.wrong");
    const other = trusting();
    await other.install(listener);
    expect(await refusal(() => other.call("t.waterfall", "text" as never))).toBe("HOOK_INPUT_INVALID");
  });

  it("are held to it as guards", async () => {
    const kernel = trusting();
    await kernel.install(
      plugin("acme.guard", ({ tap }) => {
        tap("t.guard", () => ({ decision: "perhaps" }) as never);
      }),
    );
    expect((await kernel.call("t.guard", 1)).decision).toBe("deny");
  });
});
