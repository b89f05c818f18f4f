import { OrreryError } from "../error.ts";
import type { Egress, KeyValue, Storage } from "../host-services.ts";
import type { ModelQuestion, ModelsFor } from "../models.ts";

/** The plugin on whose behalf a service is called, and what the host lets it do. */
export interface Crosser {
  readonly id: string;
  /** Names of the capabilities its manifest asks for. */
  readonly capabilities: readonly string[];
  can(capability: string): boolean;
  /** Throws CAPABILITY_DENIED and records the denial. */
  require(capability: string): void;
  readonly storageChars: number;
  readonly answerChars: number;
}

/** How one service is reached from a sandbox: which methods, with what capability, and how, where its own way is not plain data. */
interface Crossing {
  /** All of the service's own when absent. */
  readonly methods?: readonly string[];
  /** Told the method and its arguments; throws CAPABILITY_DENIED. */
  admit?(crosser: Crosser, method: string, args: readonly unknown[]): void;
  call?(service: unknown, method: string, args: readonly unknown[], crosser: Crosser): Promise<unknown>;
}

const keyed = ["get", "set", "delete", "list", "increment", "getBytes", "setBytes"] as const;

/** Services with a rule of their own. Any other needs `service.find:<its token>`. */
const crossings: { readonly [token: string]: Crossing } = {
  "orrery.storage@1": { methods: keyed, admit: (crosser) => crosser.require(storageGrant(crosser) ?? "storage:any"), call: store },
  "orrery.egress@1": { methods: ["fetch"], admit: admitRequest, call: request },
  "orrery.documents@1": { methods: ["has", "list", "search", "sentences", "sentence"], admit: (crosser) => crosser.require("documents.read") },
  "orrery.memory.episodic@1": {
    methods: ["recall", "list"],
    // Memories belong to a workspace, or to an agent in it, and so does the right to read them.
    admit: (crosser, _method, [query]) => {
      const { workspace, agent } = (query ?? {}) as { workspace?: unknown; agent?: unknown };
      crosser.require(`memory.read:${String(workspace)}${agent === undefined ? "" : `/${String(agent)}`}`);
    },
  },
  "orrery.models@1": {
    methods: ["ask", "list"],
    admit: (crosser) => crosser.require("model.call"),
    // Who asks is the bridge's to say.
    call: async (service, method, [question], crosser) =>
      method === "list" ? (service as ModelsFor).list() : (service as ModelsFor).ask(question as ModelQuestion, crosser.id),
  },
  "orrery.ledger@1": { methods: ["totals", "committed", "price", "day"] },
};

/** What a host keeps to itself, whatever was granted: records, keys, files, and the ways to start work. */
const closed = ["orrery.journal@1", "orrery.connections@1", "orrery.assets@1", "orrery.runner@1", "orrery.trace@1", "orrery.budgets@1"];

const methodName = /^(?!then$|constructor$|toJSON$|valueOf$|toString$)[a-z][A-Za-z0-9]{0,63}$/;
export const isMethodName = (name: string): boolean => methodName.test(name);

/** Names of the methods of `service` a sandbox may call; empty for one the host keeps to itself. */
export function methodsOf(token: string, service: unknown): readonly string[] {
  if (closed.includes(token) || typeof service !== "object" || service === null) return [];
  const rule = crossings[token];
  // Storage is opened by namespace: the rest of its methods are those of what `open` gives.
  if (rule?.call) return rule.methods ?? [];
  const names = new Set<string>();
  for (let at: object | null = service; at && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null)
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  const own = [...names].filter((name) => isMethodName(name) && typeof (service as { [name: string]: unknown })[name] === "function");
  return rule?.methods ? own.filter((name) => rule.methods?.includes(name)) : own;
}

/** Calls a service for a sandboxed plugin. Throws CAPABILITY_DENIED, SERVICE_METHOD_UNKNOWN and what the service throws. */
export async function cross(token: string, service: unknown, method: string, args: readonly unknown[], crosser: Crosser): Promise<unknown> {
  if (!methodsOf(token, service).includes(method))
    throw new OrreryError("SERVICE_METHOD_UNKNOWN", `${token} has no method "${method.slice(0, 64)}" for plugins in a sandbox`);
  const rule = crossings[token];
  if (rule?.admit) rule.admit(crosser, method, args);
  else crosser.require(`service.find:${token}`);
  if (rule?.call) return rule.call(service, method, args, crosser);
  return (service as { [name: string]: (...args: readonly unknown[]) => unknown })[method]?.(...args);
}

const storageGrant = (crosser: Crosser): string | undefined => crosser.capabilities.find((name) => name.startsWith("storage:") && crosser.can(name));

/** The namespace that holds everything a sandboxed plugin keeps. */
export const storageOf = (plugin: string): string => `sandbox.${plugin}`;

/** `storage:64KB`, `storage:1MB`, `storage:5000`: characters of JSON. */
export function quotaOf(capability: string | undefined, most: number): number {
  const [, amount, unit] = /^storage:(\d{1,9})\s*(KB|MB)?$/i.exec(capability ?? "") ?? [];
  if (amount === undefined) return most;
  const scale = { kb: 1_024, mb: 1_048_576 }[(unit ?? "").toLowerCase()] ?? 1;
  return Math.min(most, Number(amount) * scale);
}

/** `namespace/key` in the plugin's own corner: no name leads out of it. What is kept is measured anew at each write: nothing is trusted to add up. */
async function store(service: unknown, method: string, [namespace, ...args]: readonly unknown[], crosser: Crosser): Promise<unknown> {
  const space = (service as Storage).open(storageOf(crosser.id));
  const prefix = `${part(namespace, "the namespace")}/`;
  const key = () => prefix + part(args[0], "the key");
  const value = args[1] as never;
  switch (method as (typeof keyed)[number]) {
    case "get":
      return space.get(key());
    case "delete":
      return space.delete(key());
    case "list": {
      const options = args[1] as { limit?: number; reverse?: boolean } | undefined;
      const found = await space.list(prefix + part(args[0] ?? "", "the prefix", 0), {
        limit: Math.min(Number(options?.limit ?? 1_000), 1_000),
        reverse: options?.reverse === true,
      });
      return found.map((entry) => ({ key: entry.key.slice(prefix.length), value: entry.value }));
    }
    case "set":
      await room(space, key(), JSON.stringify(value)?.length ?? 0, crosser);
      return space.set(key(), value);
    case "increment": {
      const [, by, most] = args;
      if (typeof by !== "number" || (most !== undefined && typeof most !== "number")) throw new OrreryError("STORAGE_INVALID", "an increment takes numbers");
      await room(space, key(), 24, crosser);
      return space.increment(key(), by, most);
    }
    default:
      throw new OrreryError("STORAGE_INVALID", "a plugin in a sandbox keeps JSON, no bytes");
  }
}

function part(given: unknown, what: string, least = 1): string {
  if (typeof given === "string" && given.length >= least && given.length <= 200 && !/[/\\\0]|^\.\.?$/.test(given)) return given;
  throw new OrreryError("STORAGE_INVALID", `${what} is a text of ${least} to 200 characters without slashes`);
}

async function room(space: KeyValue, key: string, chars: number, crosser: Crosser): Promise<void> {
  const quota = quotaOf(storageGrant(crosser), crosser.storageChars);
  const kept = await space.list("");
  const others = kept.reduce((sum, entry) => (entry.key === key ? sum : sum + entry.key.length + (JSON.stringify(entry.value)?.length ?? 0)), 0);
  if (others + key.length + chars > quota)
    throw new OrreryError("STORAGE_QUOTA", `${crosser.id} may keep ${quota} characters and has ${others}`, {
      todo: "Delete what is no longer needed.",
      refusal: true,
    });
}

function target(args: readonly unknown[]): { url: URL; method: string } {
  const [address, init] = args as [unknown, { method?: unknown } | undefined];
  let url: URL;
  try {
    url = new URL(String(address));
  } catch {
    throw new OrreryError("EGRESS_DENIED", "that is no address");
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") throw new OrreryError("EGRESS_DENIED", "only http and https addresses can be reached");
  if (url.username || url.password) throw new OrreryError("EGRESS_DENIED", "an address holds no credentials");
  const method = String(init?.method ?? "GET").toUpperCase();
  if (!/^(GET|HEAD|POST|PUT|PATCH|DELETE)$/.test(method)) throw new OrreryError("EGRESS_DENIED", "that is no method a plugin may use");
  return { url, method };
}

/** `net:<host>` lets every method through, `net:<host>:GET` that one. A credential has a capability of its own. */
function admitRequest(crosser: Crosser, _method: string, args: readonly unknown[]): void {
  const { url, method } = target(args);
  if (!crosser.can(`net:${url.host}`)) crosser.require(`net:${url.host}:${method}`);
  const { credential } = (args[2] ?? {}) as { credential?: unknown };
  if (credential !== undefined) crosser.require(`secrets.use:${String(credential)}`);
}

async function request(service: unknown, _method: string, args: readonly unknown[], crosser: Crosser): Promise<unknown> {
  const { url, method } = target(args);
  const { headers, body } = (args[1] ?? {}) as { headers?: unknown; body?: unknown };
  const { credential } = (args[2] ?? {}) as { credential?: unknown };
  const named =
    typeof headers === "object" && headers !== null ? Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]) : [];
  // A redirect would lead to a host nobody granted.
  const init: RequestInit = { method, headers: named, redirect: "error", ...(typeof body === "string" ? { body } : {}) };
  const answer = await (service as Egress).fetch(url.href, init, credential === undefined ? {} : { credential: String(credential) });
  const text = await bounded(answer, crosser.answerChars);
  return { status: answer.status, ok: answer.ok, url: url.href, headers: Object.fromEntries(answer.headers), text };
}

async function bounded(answer: Response, chars: number): Promise<string> {
  const reader = answer.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: !done });
    if (text.length > chars) {
      await reader.cancel();
      throw new OrreryError("EGRESS_TOO_LARGE", `the answer is longer than ${chars} characters`);
    }
    if (done) return text;
  }
}
