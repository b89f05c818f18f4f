import { expect, it } from "vitest";
import { type AnyPlugin, definePlugin } from "../define-plugin.ts";
import { Egress } from "../host-services.ts";
import { Models } from "../models.ts";
import { pluginClaims } from "./plugin-claims.ts";

const manifest = { id: "acme.any", version: "1.0.0", api: "^1.0", capabilities: [{ name: "storage:1KB", reason: "a test" }] };

/** Which claims do not hold, and why. */
async function broken(plugin: AnyPlugin): Promise<{ [claim: string]: string }> {
  const told = await Promise.all(pluginClaims.map(async ({ name, check }) => [name, await check(plugin).then(() => undefined, String)] as const));
  return Object.fromEntries(told.flatMap(([name, why]) => (why === undefined ? [] : [[name, why]])));
}

it("all hold for a plugin that does what it should, and for one that waits or needs what a test host has not", async () => {
  const good = definePlugin({ manifest, setup: ({ tap }) => void tap("task.plan", (plan) => plan) });
  expect(await broken(good)).toEqual({});
  expect(await broken(definePlugin({ manifest, requires: { models: Models }, setup: () => undefined }))).toEqual({});
  const outside = definePlugin({
    manifest,
    requires: { egress: Egress },
    setup: ({ tap, use }) =>
      void tap("step.before", async () => {
        await use.egress.fetch("https://example.com/", {});
      }),
  });
  expect(await broken(outside)).toEqual({});
});

it("one that cannot be set up is named with its reason", async () => {
  const failing = definePlugin({
    manifest,
    setup() {
      throw new Error("no luck");
    },
  });
  expect(await broken(failing)).toEqual({ "starts with what it asks for, or names the service it waits for": expect.stringContaining("no luck") });
});

it("one that throws at a hook's input, or answers what the hook does not take, is named with the hook", async () => {
  const throwing = definePlugin({
    manifest,
    setup({ tap }) {
      tap("task.judge", () => {
        throw new TypeError("undefined is no function");
      });
      tap("step.before", () => ({ nonsense: true }) as never);
    },
  });
  expect(await broken(throwing)).toEqual({
    "answers a sample of each hook it taps without a fault": expect.stringMatching(/task\.judge: .*undefined is no function[\s\S]*\nstep\.before: /),
  });
});

it("one that is another each time it is loaded is told what it was and is", async () => {
  let times = 0;
  const fickle = definePlugin({
    manifest,
    setup({ tap }) {
      times += 1;
      tap(times % 2 === 1 ? "task.plan" : "step.before", () => undefined);
    },
  });
  const { check } = pluginClaims.find(({ name }) => name === "loaded again it is what it was") ?? {};
  await expect(check?.(fickle)).rejects.toThrow(/task\.plan.* and is .*step\.before/);
});

it("one that cannot undo what it did leaves that behind", async () => {
  const clinging = definePlugin({
    manifest,
    setup({ own }) {
      own("something", () => {
        throw new Error("it is stuck");
      });
    },
  });
  expect(await broken(clinging)).toEqual({ "leaves nothing behind when it is unloaded": expect.stringContaining("something") });
});
