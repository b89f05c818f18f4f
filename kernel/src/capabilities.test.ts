import { describe, expect, it } from "vitest";
import { covers } from "./capabilities.ts";
import { createKernel } from "./kernel.ts";
import type { Tier } from "./contract.ts";
import { hooks, plugin, refusal, rig } from "./testing/fixtures.ts";
import { testPlatform } from "./testing/platform.ts";

describe("a capability pattern", () => {
  it.each([
    ["*", "anything:at-all", true],
    ["model.call", "model.call", true],
    ["model.call", "model.calls", false],
    ["model.call", "model.call:x", false],
    ["net:*", "net:example.org", true],
    ["net:*", "network:example.org", false],
    ["net:*", "net", false],
    ["net:*.example.org", "net:api.example.org", true],
    ["net:*.example.org", "net:example.org", false],
    ["net:*.example.org", "net:api.example.org.evil.net", false],
    ["net:a*b*c", "net:a1b2c", true],
    ["net:a*b*c", "net:a1c", false],
    ["net:(x)+[y]", "net:(x)+[y]", true],
    ["net:.*", "net:anything", false],
    ["*:x", "net:x", false],
  ])("%s covers %s: %s", (granted, needed, yes) => expect(covers(granted, needed)).toBe(yes));
});

describe("capabilities", () => {
  it("needed to call hooks are checked at each call; a denial is an event and an error", async () => {
    const { kernel, changes } = rig();
    let call: ((hook: "t.series" | "t.bail") => unknown) | undefined;
    let session: (() => unknown) | undefined;
    await kernel.install(
      plugin(
        "acme.caller",
        (context) => {
          call = (hook) => context.call(hook as "t.series", []);
          session = () => context.session("x");
        },
        { capabilities: ["hook.call:t.series"] },
      ),
    );
    await call?.("t.series");
    expect(await refusal(() => call?.("t.bail"))).toBe("CAPABILITY_DENIED acme.caller");
    expect(await refusal(() => session?.())).toBe("CAPABILITY_DENIED acme.caller");
    expect(changes.slice(-2)).toEqual(["acme.caller: active → denied", "acme.caller: active → denied"]);
    expect(kernel.inspect().plugins[0]?.capabilities).toEqual({ granted: ["hook.call:t.series"], denied: [], used: ["hook.call:t.series"] });
  });

  it("are what was requested, less what the operator denies, the policy refuses and the tier may not have", async () => {
    const kernel = createKernel({ hooks, platform: testPlatform(), policy: ({ capability }) => capability !== "secrets.use:bank" });
    const denials: string[] = [];
    kernel.onChange((change) => {
      if (change.to === "denied") denials.push(`${change.plugin} ${change.detail}`);
    });
    let can: ((capability: string) => boolean) | undefined;
    const requested = plugin(
      "acme.much",
      (context) => {
        can = context.can;
      },
      { capabilities: ["net:*", "process.spawn", "secrets.use:bank", "model.call"] },
    );
    const install = (tier: Tier) => kernel.install(requested, { tier, deny: ["net:evil.example", "model.*"] });
    const report = await install("community");
    expect(report.capabilities).toMatchObject({ granted: ["net:*", "model.call"], denied: ["process.spawn", "secrets.use:bank"] });
    expect(denials).toEqual(["acme.much process.spawn", "acme.much secrets.use:bank"]);
    expect(["net:good.example", "net:evil.example", "process.spawn", "tool.call"].map((capability) => can?.(capability))).toEqual([true, false, false, false]);
    await kernel.uninstall("acme.much");
    expect((await install("core")).capabilities.granted).toEqual(["net:*", "process.spawn", "model.call"]);
  });

  it("are not needed to guard, and a flood of calls is refused", async () => {
    const { kernel } = rig({ maxCalls: 3 });
    let call: (() => Promise<unknown>) | undefined;
    await kernel.install(
      plugin(
        "acme.guard",
        ({ tap }) => {
          tap("t.guard", () => ({ decision: "deny", reason: "no" }));
          tap("t.model", () => new Promise(() => undefined));
        },
        { capabilities: [] },
      ),
    );
    await kernel.install(
      plugin("acme.flood", (context) => {
        call = () => context.call("t.model", 1) as Promise<unknown>;
      }),
    );
    for (let n = 0; n < 3; n++) void call?.().catch(() => undefined);
    expect(await refusal(() => call?.())).toBe("CALL_FLOOD acme.flood");
    expect((await kernel.call("t.guard", 1)).decision).toBe("deny");
  });
});
