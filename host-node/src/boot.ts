import { existsSync } from "node:fs";
import { createKernel, type InstallOptions, type Kernel } from "@orrery/kernel";
import type { SettingsDesk } from "@orrery/sdk/settings";
import { type AnyPlugin, type Json, type Lifecycle, lifecycle, LiveConfigs, type Log, OrreryError, type PluginReport, Runner, type Token } from "@orrery/sdk";
import { type Home, locateHome, openHome } from "./home.ts";
import type { PackageHost } from "./packages/package-host.ts";
import { nodePlatform } from "./platform.ts";
import assets from "./plugins/assets/index.ts";
import { connectionsPlugin } from "./plugins/connections/index.ts";
import { createVault, type Vault } from "./plugins/connections/vault.ts";
import { egressPlugin } from "./plugins/egress/index.ts";
import hub from "./plugins/hub/index.ts";
import journal from "./plugins/journal/index.ts";
import mailbox from "./plugins/mailbox/index.ts";
import { webPlugin } from "./plugins/web/index.ts";
import storage from "./plugins/storage/index.ts";
import { type PresetEntry, preset } from "./preset.ts";
import { type FileHost, loadSandboxedFile } from "./sandbox/sandboxed-files.ts";
import { CurrentSettings, currentConfigs } from "./settings/current-settings.ts";
import { loadSettings } from "./settings/load-settings.ts";
import { PluginConfig } from "./settings/plugin-config.ts";
import type { Settings } from "./settings/schema.ts";
import { listUserPlugins, loadUserPlugin } from "./user-plugins.ts";

export interface BootOptions {
  home?: Home;
  settings?: Settings;
  /** Reads `settings` anew, when they are given and may change while the host is up. */
  reload?: () => Settings;
  env?: NodeJS.ProcessEnv;
  log?: Log;
  /** Instead of the first-party list; for tests and products that choose their own. */
  preset?: readonly PresetEntry[];
  /** Installed after everything else, as trusted. */
  plugins?: readonly AnyPlugin[];
}

export interface Host {
  readonly kernel: Kernel<Lifecycle>;
  readonly home: Home;
  /** As it began with. */
  readonly settings: Settings;
  /** As they are set now: of these, what runs may spend and which tools they may use hold for each run that begins. */
  currentSettings(): Settings;
  readonly vault: Vault;
  /** Plugins that were asked for and could not be loaded at all, by file or id. */
  readonly notLoaded: readonly { plugin: string; code: string; message: string }[];
  /** The service, or SERVICE_MISSING with what should have provided it. */
  need<T>(token: Token<T>): T;
  /** The installed packages; loaded when first asked for, or at the start where there are any. */
  packages(): Promise<PackageHost>;
  /** What a plugin is configured with, also by settings that have names of their own. */
  configOf(id: string): unknown;
  /** Where the settings of plugins are read and changed; loaded when first asked for. `watch` takes up what is written into the file, until it is ended. */
  settingsDesk(): Promise<SettingsDesk & { watch(): () => void }>;
  close(): Promise<void>;
}

/** Starts a kernel with this host's services, the first-party plugins and the person's own. A plugin that cannot be loaded is reported, and the rest goes on. */
export async function boot(options: BootOptions = {}): Promise<Host> {
  const env = options.env ?? process.env;
  const home = openHome(options.home ?? locateHome(undefined, env));
  const settings = options.settings ?? loadSettings(home, env);
  const platform = nodePlatform(options.log ? { log: options.log } : { level: settings.log });
  const kernel = createKernel({ hooks: lifecycle, platform, unchecked: ["core"] });
  const vault = createVault(home, env);
  const engine = once(async () => (await import("./sandbox/node-engine.ts")).nodeSandboxEngine());
  const notLoaded: { plugin: string; code: string; message: string }[] = [];

  const pluginConfig = new PluginConfig(home, settings.pluginConfig);
  const reload = options.reload ?? (options.settings ? undefined : () => loadSettings(home, env));
  const current = new CurrentSettings({ home, settings, reload, log: platform.log });
  const configOf = (id: string, given: Json | undefined = pluginConfig.of(id)): unknown => {
    const named = namedSettings(id, current.now());
    return named ? { ...named, ...(given as object | undefined) } : given;
  };
  /** Those that did not come as packages: their settings are started with anew. */
  const settable = new Map<string, { readonly plugin: AnyPlugin; readonly options: InstallOptions }>();
  const live = new LiveConfigs(
    currentConfigs({ now: () => current.now() }, () => [...settable.values()].flatMap(({ plugin }) => (plugin.live ? plugin : [])), configOf, platform.log),
  );
  const configured = (plugin: AnyPlugin, given: InstallOptions): Promise<PluginReport> => {
    const { id } = plugin.manifest;
    settable.set(id, { plugin, options: given });
    const config = configOf(id);
    return kernel.install(plugin, { ...given, ...(config === undefined ? {} : { config }) });
  };
  const install = (plugin: AnyPlugin, tier: "core" | "trusted", config?: object): Promise<PluginReport> =>
    config ? kernel.install(plugin, { tier, config }) : configured(plugin, { tier });

  const onStopped: FileHost["onStopped"] = ({ plugin, message, quarantined }) => {
    if (quarantined) void kernel.suspend(plugin, message).catch(() => undefined);
  };
  const packages = once(async () => {
    const [{ PackageHost }, { budgetsPlugin }] = await Promise.all([import("./packages/package-host.ts"), import("@orrery/sdk/package")]);
    const made = new PackageHost({ home, kernel, clock: platform.clock, log: platform.log, engine, onStopped, configOf, disabled: settings.disabled });
    await install(
      budgetsPlugin((id) => made.budgetOf(id)),
      "core",
    );
    return made;
  });
  const desk = once(async () => {
    const { settingsDesk } = await import("./settings/settings-host.ts");
    return settingsDesk({
      home,
      kernel,
      config: pluginConfig,
      log: platform.log,
      now: () => platform.clock.now(),
      actor: settings.actor,
      plugins: settable,
      problemOf: (id) => notLoaded.find(({ plugin }) => plugin === id),
      configOf,
      packages: () => (existsSync(home.lockfile) ? packages() : undefined),
    });
  });
  const close = async (): Promise<void> => {
    try {
      // Before what its runs call: they are let go where they stand, and no call of theirs fails for want of a plugin.
      const runner = kernel.inspect().plugins.find(({ provides }) => provides.includes(Runner.id));
      if (runner) await kernel.uninstall(runner.id);
      await (await packages.made())?.close();
      await kernel.close();
    } finally {
      await (await engine.made())?.close();
    }
  };

  try {
    await own(await install(journal, "core", { file: home.journal }));
    await own(await install(storage, "core", { file: home.store }));
    await install(mailbox, "core", { file: home.store });
    await install(assets, "core", { models: home.models });
    // Read anew at each listing: `orrery connect` may have written since.
    const connected = () => loadSettings(home, env).connections;
    await install(
      connectionsPlugin({ vault, env, configured: options.settings ? () => settings.connections : connected, discover: settings.discover }),
      "core",
    );
    await install(egressPlugin(vault), "core");
    await install(live.plugin(), "core");
    await install(webPlugin(live), "core");
    await install(hub, "core");

    const wanted = (options.preset ?? preset).filter(({ id }) => !settings.disabled.includes(id));
    // Loaded at once, installed in order.
    const loaded = await Promise.all(wanted.map(async ({ id, load }) => ({ id, plugin: await load().catch((error: unknown) => ({ error })) })));
    for (const { id, plugin } of loaded) {
      if ("error" in plugin) notLoaded.push({ plugin: id, ...failureOf(plugin.error) });
      else await attempt(id, () => install(plugin.default, "core"));
    }
    for (const path of await listUserPlugins(home.plugins, settings.plugins)) {
      await attempt(path, async () => install(await loadUserPlugin(path), "trusted"));
    }
    const held = once(async () => (existsSync(home.lockfile) ? (await (await import("./packages/lockfile.ts")).readLockfile(home.lockfile)).held : []));
    const onQuarantined: FileHost["onQuarantined"] = (mark) =>
      void packages()
        .then((made) => made.holdFile(mark))
        .catch((error: unknown) => platform.log.error(`that ${mark.id} is in quarantine could not be kept: ${failureOf(error).message}`));
    for (const each of settings.sandboxed) {
      await attempt(each.file, async () => {
        const of = { engine, clock: platform.clock, held: await held(), onStopped, onQuarantined };
        const { plugin, options: granted } = await loadSandboxedFile(each, of);
        await configured(plugin, granted);
      });
    }
    if (existsSync(home.lockfile) || existsSync(home.packages)) {
      await attempt(home.lockfile, async () => notLoaded.push(...(await (await packages()).start())));
    }
    for (const plugin of options.plugins ?? []) await install(plugin, "trusted");
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  for (const { plugin, code, message } of notLoaded) platform.log.error(`the plugin ${plugin} was not loaded: ${message}`, { code });

  async function attempt(name: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      notLoaded.push({ plugin: name, ...failureOf(error) });
    }
  }

  return {
    kernel,
    home,
    settings,
    currentSettings: () => current.now(),
    vault,
    notLoaded,
    need(token) {
      const service = kernel.service(token);
      if (service === undefined)
        throw new OrreryError("SERVICE_MISSING", `no plugin provides ${token.id}${whyNot(kernel, token.id, notLoaded)}`, {
          todo: "Run `orrery plugins` and look for what failed or waits.",
        });
      return service;
    },
    packages,
    configOf: (id) => configOf(id),
    settingsDesk: desk,
    close,
  };
}

/** What people set under a name of its own, and a plugin holds. */
function namedSettings(id: string, { spending: { dayCapUsd, plugins }, tools: { allow, ask, deny, mcp } }: Settings): object | undefined {
  if (id === "orrery.cost") return { ...(dayCapUsd === undefined ? {} : { dayCapUsd }), plugins };
  if (id === "orrery.tools.policy") return { ...(allow ? { allow } : {}), ask, deny };
  if (id === "orrery.tool.mcp") return { servers: mcp };
  return undefined;
}

/** Without its journal and store a host is none: their failure is the boot's. */
async function own(report: PluginReport): Promise<void> {
  if (report.state === "active") return;
  throw new OrreryError(report.error?.code ?? "HOST_FAILED", report.error?.message ?? `${report.id} is ${report.state}`, { todo: "Run `orrery doctor`." });
}

function whyNot(kernel: Kernel<Lifecycle>, service: string, notLoaded: readonly { plugin: string; message: string }[]): string {
  const broken = kernel.inspect().plugins.filter(({ provides, state }) => provides.includes(service) && state !== "active");
  const reasons = [
    ...broken.map(
      ({ id, state, waitingFor, error }) =>
        `${id} is ${state}${waitingFor.length > 0 ? `, waiting for ${waitingFor.join(", ")}` : ""}${error ? `: ${error.message}` : ""}`,
    ),
    ...notLoaded.map(({ plugin, message }) => `${plugin} was not loaded: ${message}`),
  ];
  return reasons.length > 0 ? ` (${reasons.join("; ")})` : "";
}

function failureOf(error: unknown): { code: string; message: string } {
  const code = error instanceof Error && "code" in error ? String(error.code) : "PLUGIN_INVALID";
  return { code, message: error instanceof Error ? error.message : String(error) };
}

/** Makes it when it is first asked for; `made` is what there is of it by now. */
function once<T>(make: () => Promise<T>): (() => Promise<T>) & { made(): Promise<T> | undefined } {
  let made: Promise<T> | undefined;
  return Object.assign(() => (made ??= make()), { made: () => made });
}
