export * from "./hook-spec.ts";
export * from "./kernel-types.ts";
export * from "./plugin.ts";
export * from "./portable.ts";
export * from "./token.ts";
