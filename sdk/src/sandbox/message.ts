import type { TapOrder } from "@orrery/kernel";
import type { PluginManifest } from "../define-plugin.ts";
import { messageDepth } from "./limits.ts";

/** Names of a service's methods, as its owner offers them to the other side. */
export type Methods = readonly string[];
export type Failure = { readonly code: string; readonly message: string };
/** What a plugin's file says about itself. */
export interface GuestDescription {
  readonly manifest: PluginManifest;
  /** Member of `use` → token id. */
  readonly requires: { readonly [name: string]: string };
  readonly provides: readonly string[];
  readonly configurable: boolean;
}
export type Answer = ({ readonly ok: true; readonly value?: unknown } | ({ readonly ok: false } & Failure)) & { readonly id: number };

/** From the plugin. `id` of a `call` is the guest's, of a `reply` the host's. */
export type FromGuest =
  | ({ readonly kind: "hello" } & GuestDescription)
  | { readonly kind: "tap"; readonly id: number; readonly hook: string; readonly order?: TapOrder & { readonly filter?: unknown } }
  | { readonly kind: "untap"; readonly id: number }
  /** A service it provides from now on; without methods, one it takes back. */
  | { readonly kind: "service"; readonly token: string; readonly methods?: Methods }
  /** Wants to be told while all of these services are there. */
  | { readonly kind: "when"; readonly id: number; readonly tokens: { readonly [name: string]: string } }
  | { readonly kind: "call"; readonly id: number; readonly target: string; readonly name: string; readonly args: readonly unknown[] }
  | ({ readonly kind: "reply" } & Answer)
  | { readonly kind: "log"; readonly level: "debug" | "info" | "warn" | "error"; readonly message: string; readonly data?: unknown }
  | { readonly kind: "denied"; readonly capability: string }
  | { readonly kind: "ready" }
  | ({ readonly kind: "fault" } & Failure)
  | { readonly kind: "bye" };

/** To the plugin. `now` is the kernel's clock: the only one there is inside. */
export type ToGuest = { readonly now: number } & (
  | {
      readonly kind: "hello";
      readonly plugin: { readonly id: string; readonly version: string; readonly tier: string };
      readonly config: unknown;
      readonly use: { readonly [name: string]: { readonly token: string; readonly methods: Methods } };
      readonly found: { readonly [token: string]: Methods };
      readonly granted: readonly string[];
      readonly seed: number;
    }
  | { readonly kind: "call"; readonly id: number; readonly tap: number; readonly input: unknown }
  /** Inputs of `notify` hooks, many at once; the answer only says that they were seen. */
  | { readonly kind: "event"; readonly id: number; readonly taps: readonly { readonly tap: number; readonly input: unknown }[] }
  | { readonly kind: "service"; readonly id: number; readonly token: string; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: "when"; readonly id: number; readonly use?: { readonly [name: string]: { readonly token: string; readonly methods: Methods } } }
  | { readonly kind: "found"; readonly services: { readonly [token: string]: Methods } }
  | ({ readonly kind: "reply" } & Answer)
  | { readonly kind: "abort"; readonly id: number }
  | { readonly kind: "bye" }
);

/** Why a text is no message: the guest is stopped for it. */
export class MessageInvalid extends Error {}

const string = (value: unknown): value is string => typeof value === "string";
const count = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const record = (value: unknown): value is { readonly [key: string]: unknown } => typeof value === "object" && value !== null && !Array.isArray(value);
const strings = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(string);
const table = (value: unknown): boolean => record(value) && Object.values(value).every(string);
const failure = (value: { readonly [key: string]: unknown }): boolean => string(value["code"]) && string(value["message"]);
const order = (value: unknown): boolean =>
  value === undefined ||
  (record(value) &&
    (value["phase"] === undefined || value["phase"] === "guard" || value["phase"] === "main" || value["phase"] === "observe") &&
    (value["before"] === undefined || strings(value["before"])) &&
    (value["after"] === undefined || strings(value["after"])));

type Shape = (message: { readonly [key: string]: unknown }) => boolean;
const shapes: { readonly [K in FromGuest["kind"]]: Shape } = {
  hello: (m) => record(m["manifest"]) && table(m["requires"]) && strings(m["provides"]) && typeof m["configurable"] === "boolean",
  tap: (m) => count(m["id"]) && string(m["hook"]) && order(m["order"]),
  untap: (m) => count(m["id"]),
  service: (m) => string(m["token"]) && (m["methods"] === undefined || strings(m["methods"])),
  when: (m) => count(m["id"]) && table(m["tokens"]),
  call: (m) => count(m["id"]) && string(m["target"]) && string(m["name"]) && Array.isArray(m["args"]),
  reply: (m) => count(m["id"]) && (m["ok"] === true || (m["ok"] === false && failure(m))),
  log: (m) => ["debug", "info", "warn", "error"].includes(m["level"] as string) && string(m["message"]),
  denied: (m) => string(m["capability"]),
  ready: () => true,
  fault: failure,
  bye: () => true,
};

/**
 * A guest's text as a message. Size and nesting are checked before it is parsed, so that no parser meets what would overflow it; a key `__proto__`
 * is refused. Throws MessageInvalid.
 */
export function readMessage(text: unknown, maxChars: number): FromGuest {
  if (!string(text)) throw new MessageInvalid("not a text");
  if (text.length > maxChars) throw new MessageInvalid(`${text.length} characters; ${maxChars} are allowed`);
  if (nesting(text) > messageDepth) throw new MessageInvalid(`nested deeper than ${messageDepth} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MessageInvalid("not JSON");
  }
  if (!record(value) || !string(value["kind"]) || !Object.hasOwn(shapes, value["kind"])) throw new MessageInvalid("of no known kind");
  const kind = value["kind"] as FromGuest["kind"];
  if (!shapes[kind](value)) throw new MessageInvalid(`not a well-formed "${kind}"`);
  // Every spelling of the key holds one of these.
  if ((text.includes("__proto__") || text.includes("\\u")) && namesPrototype(value)) throw new MessageInvalid("a key is __proto__");
  return value as unknown as FromGuest;
}

/** The deepest nesting of arrays and objects in a JSON text; brackets in strings do not count. */
export function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === 0x22) {
      // To the string's end; a backslash takes the next character with it.
      for (at += 1; at < text.length && text.charCodeAt(at) !== 0x22; at += 1) if (text.charCodeAt(at) === 0x5c) at += 1;
    } else if (char === 0x5b || char === 0x7b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (char === 0x5d || char === 0x7d) depth -= 1;
  }
  return deepest;
}

function namesPrototype(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(namesPrototype);
  return Object.hasOwn(value, "__proto__") || Object.values(value).some(namesPrototype);
}

/**
 * A message as JSON for the guest. A tap's call, of which there are as many as of all others together, is a list without names: `[id, now, tap, input]`.
 * Throws MessageInvalid for what is too large, too deep or not plain.
 */
export function writeMessage(message: ToGuest, maxChars: number): string {
  let text: string;
  try {
    text = JSON.stringify(message.kind === "call" ? [message.id, message.now, message.tap, message.input] : message);
  } catch (cause) {
    throw new MessageInvalid(`cannot be written as JSON (${cause instanceof Error ? cause.name : "unknown"})`);
  }
  if (text.length > maxChars) throw new MessageInvalid(`${text.length} characters; ${maxChars} are allowed`);
  return text;
}
