import type { Json, Manifest, TapOrder } from "@orrery/kernel";

/** What a plugin's own worker says to the kernel. Plain data, checked by the other side. */
export type FromGuest =
  | { kind: "hello"; manifest: Manifest }
  | { kind: "tap"; tap: number; hook: string; order?: TapOrder }
  | { kind: "untap"; tap: number }
  /** `setup` returned. */
  | { kind: "ready" }
  | { kind: "reply"; call: number; ok: true; value: unknown }
  | { kind: "reply"; call: number; ok: false; code: string; message: string }
  /** The guest calls a hook. */
  | { kind: "call"; call: number; hook: string; input: unknown }
  | { kind: "log"; level: "debug" | "info" | "warn" | "error"; message: string; data?: Json }
  | { kind: "fault"; code: string; message: string }
  | { kind: "bye" };

export type ToGuest =
  | { kind: "setup"; plugin: { id: string; version: string } }
  | { kind: "call"; call: number; tap: number; hook: string; input: unknown }
  | { kind: "cancel"; call: number }
  | { kind: "reply"; call: number; ok: true; value: unknown }
  | { kind: "reply"; call: number; ok: false; code: string; message: string }
  | { kind: "bye" };

/** Characters of JSON one message may carry. */
export const messageLimit = 1_000_000;
const depthLimit = 64;

/** True for plain data of bounded depth: no functions, no class instances. Recursion ends at the limit. */
export function isPlain(value: unknown, depth = 0): boolean {
  if (depth > depthLimit) return false;
  if (value === null || value === undefined) return true;
  if (typeof value !== "object") return typeof value !== "function" && typeof value !== "symbol";
  if (Array.isArray(value)) return value.every((item) => isPlain(item, depth + 1));
  const prototype = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every((item) => isPlain(item, depth + 1));
}
