export { createKernel } from "./kernel.ts";
export { token } from "./token.ts";
export { errorCatalogue, KernelError } from "./errors.ts";
export { apiVersion, validateManifest } from "./manifest.ts";
export { covers } from "./capabilities.ts";
export { findNotPlain } from "./plain.ts";
export type { ErrorCode } from "./errors.ts";
export type { Json, Portable } from "./portable.ts";
export type { Token } from "./token.ts";
export type {
  CallOptions,
  CallResult,
  Catalogue,
  Collected,
  FaultPolicy,
  GuardAnswer,
  GuardOutcome,
  HookKind,
  HookSpec,
  InputOf,
  KindOf,
  OutputOf,
  Phase,
  TapCall,
  TapFn,
  TapOrder,
} from "./hook-spec.ts";
export type { AnyPlugin, Clock, Disposer, HookSession, Log, Manifest, PluginContext, PluginDefinition, Random, Services, Tier, Tokens } from "./plugin.ts";
export type { HookExplanation, HookTrace, InstallOptions, Kernel, KernelOptions, Platform, PluginChange, PluginReport, PluginState } from "./kernel-types.ts";
