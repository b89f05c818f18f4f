import { definePlugin } from "@orrery/sdk";
import { floodWords, type SandboxEngine, sandboxedPlugin, sandboxLimits } from "@orrery/sdk/sandbox";
import { createTestHost, samples } from "@orrery/sdk/testing";
import { describe, expect, it } from "vitest";

const id = "evil.flood";
const manifest = { id, version: "1.0.0", api: "^1.0", hooks: ["step.before"], requires: {}, provides: [] };
/** Long before it would be started again. */
const limits = { ...sandboxLimits, restartMs: 600_000 };

/** What it sends without end: a JavaScript expression, each well-formed by itself. */
const floods = {
  "texts of the plugin": 'JSON.stringify({ kind: "log", level: "debug", message: "x" })',
  "long texts": 'JSON.stringify({ kind: "log", level: "debug", message: "x".repeat(500000) })',
  "words of the worker": '{ is: "pong", id: 1 }',
  "what is no word at all": "[7]",
};

/**
 * Stands for a worker whose machine was broken: a plugin that behaves until its tap is called, and then floods the host's port past every limiter of the
 * guest's side. A JavaScript function of the port.
 */
const escaped = (sent: string): string => `(port) => {
  const say = (message) => port.postMessage(JSON.stringify(message));
  const sent = ${sent};
  port.onmessage = ({ data }) => {
    if (data.do === "warm") return port.postMessage({ is: "warm" });
    if (data.do === "ping") return port.postMessage({ is: "pong", id: data.id });
    if (data.do === "load") return say({ kind: "hello", manifest: { id: "${id}", version: "1.0.0", api: "^1.0" }, requires: {}, provides: [], configurable: false });
    const told = JSON.parse(data);
    if (told.kind === "hello") {
      say({ kind: "tap", id: 1, hook: "step.before" });
      say({ kind: "ready" });
    }
    // The call of a tap.
    if (Array.isArray(told)) for (;;) port.postMessage(sent);
  };
}`;

/** `engineOf` is given a JavaScript function of the host's port, to run as the program of its workers. */
export function describeFlood(where: string, engineOf: (program: string) => SandboxEngine): void {
  describe(`a worker ${where} whose machine was escaped from`, () => {
    it.each(Object.entries(floods))("that floods the host with %s is ended and named, and the kernel answers", async (_name, sent) => {
      const engine = engineOf(escaped(sent));
      const bystander = definePlugin({
        manifest: { id: "good.bystander", version: "1.0.0", api: "^1.0" },
        setup({ tap }) {
          tap("model.list", () => []);
        },
      });
      const stops: { plugin: string; code: string }[] = [];
      const host = await createTestHost({ deadlineMs: 20_000, plugins: [bystander] });
      try {
        const plugin = sandboxedPlugin({ manifest, code: "", engine, limits, onStopped: (stop) => stops.push(stop) });
        expect(await host.install(plugin, { tier: "community" })).toMatchObject({ state: "active" });
        const flooding = host.call("step.before", samples.step());
        // Asked while it floods, and answered.
        expect(await host.call("model.list", { refresh: false })).toMatchObject([{ ok: true }]);
        expect(await flooding).toEqual(samples.step());
        expect(stops).toMatchObject([{ plugin: id, code: "SANDBOX_FLOOD" }]);
        expect(host.report(id)?.faults).toMatchObject([{ hook: "step.before", message: expect.stringContaining(floodWords) }]);
        expect(await host.call("model.list", { refresh: false })).toMatchObject([{ ok: true }]);
      } finally {
        await host.close();
        await engine.close();
      }
      expect(engine.workers()).toBe(0);
    });
  });
}
