import type { InstallOptions } from "@orrery/kernel";
import type { AnyPlugin } from "../define-plugin.ts";
import { OrreryError } from "../error.ts";
import type { Lifecycle } from "../lifecycle.ts";
import { createTestHost, type TestHost } from "./create-test-host.ts";
import { samples } from "./samples.ts";

/** What holds for any plugin, whatever it is for. */
export interface PluginClaim {
  readonly name: string;
  /** Throws an Error that says what does not hold. `config` is what the plugin is configured with. */
  check(plugin: AnyPlugin, config?: unknown): Promise<void>;
}

/**
 * Claims about any plugin, each checked in a host of its own; `orrery plugin test` checks them in every realm.
 *
 * @example
 * for (const { name, check } of pluginClaims) test(name, () => check(plugin));
 */
export const pluginClaims: readonly PluginClaim[] = [
  {
    name: "starts with what it asks for, or names the service it waits for",
    check: (plugin, config) =>
      inHost(async (host) => {
        const { state, error, waitingFor } = await host.install(plugin, options(config));
        const waits = state === "waiting" && waitingFor.length > 0;
        hold(state === "active" || waits, `it is ${state}: ${error?.message ?? "no reason is given"}`);
      }),
  },
  {
    name: "with every capability denied it starts all the same, or ends with a code",
    check: (plugin, config) =>
      inHost(async (host) => {
        const deny = (plugin.manifest.capabilities ?? []).map((each) => (typeof each === "string" ? each : each.name));
        const { state, error, capabilities } = await host.install(plugin, { ...options(config), deny });
        hold(capabilities.granted.length === 0, `it still may ${capabilities.granted.join(", ")}`);
        hold(state === "active" || state === "waiting" || error?.code !== undefined, `it is ${state}, and nothing says why`);
      }),
  },
  {
    name: "answers a sample of each hook it taps without a fault",
    check: (plugin, config) =>
      inHost(async (host, missed) => {
        const { id, taps } = await host.install(plugin, options(config));
        const faults: string[] = [];
        for (const { hook } of taps) {
          const input = Object.hasOwn(inputs, hook) ? inputs[hook as keyof Lifecycle] : undefined;
          if (!input) continue;
          const [known, lacked] = [host.report(id)?.faults.length ?? 0, missed()];
          // What the hook makes of it is not this plugin's affair.
          await (host.call as (hook: string, input: unknown) => Promise<unknown>)(hook, input()).catch(() => undefined);
          const later = host.report(id)?.faults.slice(known) ?? [];
          // It may end with an error where it asked for what only a real host has.
          if (missed() === lacked) faults.push(...later.map(({ message }) => `${hook}: ${message}`));
        }
        hold(faults.length === 0, faults.join("\n"));
      }),
  },
  {
    name: "leaves nothing behind when it is unloaded",
    check: (plugin, config) =>
      inHost(async (host) => {
        const before = host.kernel.inspect().services.map(({ id }) => id);
        const { id, taps } = await host.install(plugin, options(config));
        await host.kernel.uninstall(id);
        const { services, plugins } = host.kernel.inspect();
        const left = [
          ...services.map((each) => each.id).filter((token) => !before.includes(token)),
          ...taps.map(({ hook }) => hook).filter((hook) => host.kernel.explain(hook).taps.some((tap) => tap.plugin === id)),
          ...plugins.map((each) => each.id).filter((each) => each === id),
        ];
        // What it could not undo is told by a host that closes.
        await host.install(plugin, options(config));
        const told = await host.close().then(
          () => [],
          (thrown: unknown) => (thrown instanceof AggregateError ? (thrown.errors as Error[]) : [thrown as Error]),
        );
        const stuck = [...told, ...host.log.filter(({ message }) => message.includes("could not be undone"))].map(({ message }) => message);
        hold(stuck.length === 0, stuck.join("\n"));
        hold(left.length === 0, `there is still ${left.join(", ")}`);
      }),
  },
  {
    name: "loaded again it is what it was",
    check: (plugin, config) =>
      inHost(async (host) => {
        const first = await host.install(plugin, options(config));
        await host.kernel.uninstall(first.id);
        const second = await host.install(plugin, options(config));
        const [was, is] = [first, second].map(({ state, taps, provides }) => JSON.stringify([state, taps, provides]));
        hold(was === is, `it was ${was} and is ${is}`);
      }),
  },
];

const inputs: { readonly [N in keyof Lifecycle]?: () => unknown } = {
  "task.submit": () => samples.task(),
  "task.plan": () => samples.plan(),
  "task.topology": () => samples.plan(),
  "model.list": () => ({ refresh: false }),
  "task.route": () => ({ step: samples.step(), models: [], remainingNano: 0 }),
  "step.before": () => samples.step(),
  "model.request": () => samples.request(),
  "model.call": () => samples.request(),
  "step.judge": () => samples.judgement({ subject: "step" }),
  "task.judge": () => samples.judgement(),
  "task.memorize": () => samples.outcome(),
  "task.finish": () => samples.outcome(),
  "task.fail": () => samples.outcome({ status: "failed" }),
  "tool.list": () => ({}),
  "ui.view": () => ({ place: "extend" }),
};

/** As a stranger's: with what it asks for and no more. */
const options = (config: unknown): InstallOptions => ({ tier: "community", ...(config === undefined ? {} : { config }) });

/** `missed`: how often the plugin asked for what this host does not have. */
async function inHost(check: (host: TestHost, missed: () => number) => Promise<void>): Promise<void> {
  let asked = 0;
  const host = await createTestHost({
    assets: async () => {
      asked += 1;
      return undefined;
    },
    egress: {
      async fetch() {
        asked += 1;
        throw new OrreryError("EGRESS_DENIED", "A test host reaches no network.");
      },
    },
  });
  try {
    await check(host, () => asked);
  } finally {
    // What cannot be undone is one claim's affair.
    await host.close().catch(() => undefined);
  }
}

function hold(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}
