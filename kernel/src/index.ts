export { covers } from "./capabilities.ts";
export { type ErrorCode, errorCatalogue, KernelError } from "./errors.ts";
export type { CallOptions, CallResult, Catalogue, Collected, FaultPolicy, GuardAnswer, GuardOutcome, HookKind, HookSpec } from "./hook-spec.ts";
export type { InputOf, KindOf, OutputOf, Phase, TapCall, TapFn, TapOrder } from "./hook-spec.ts";
export { createKernel } from "./kernel.ts";
export type {
  HookExplanation,
  HookTrace,
  InstallOptions,
  Kernel,
  KernelOptions,
  Limits,
  Platform,
  PluginChange,
  PluginReport,
  PluginState,
} from "./kernel-types.ts";
export { apiVersion, validateManifest } from "./manifest.ts";
export { findNotPlain } from "./plain.ts";
export type { AnyPlugin, Clock, Disposer, HookSession, Log, Manifest, PluginContext, PluginDefinition, Random, Services, Tier, Tokens } from "./plugin.ts";
export type { Json, Portable } from "./portable.ts";
export { type Token, token } from "./token.ts";
