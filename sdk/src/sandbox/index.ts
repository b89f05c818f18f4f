export { sandboxedPlugin, type SandboxedPluginOptions } from "./sandboxed-plugin.ts";
export type { SandboxManifest } from "./sandbox-manifest.ts";
export { describeSource, type SourceDescription } from "./describe-source.ts";
export { sandboxLimits, type SandboxLimits } from "./limits.ts";
export { matches, type TapFilter } from "./filter.ts";
export { sdkModule } from "./sdk-module.ts";
export type { Guest, GuestListener, GuestSource, SandboxEngine } from "./engine.ts";
export type { FromWorker, ToWorker } from "./worker.ts";
export type { RealmSeed } from "./realm.ts";
