import { type Json, token } from "@orrery/kernel";

/** One plugin's corner of the host's store. Keys ≤ 512 characters. */
export interface KeyValue {
  get(key: string): Promise<Json | undefined>;
  set(key: string, value: Json): Promise<void>;
  delete(key: string): Promise<void>;
  /** Entries whose key begins with `prefix`, in key order. */
  list(prefix: string, options?: { limit?: number; reverse?: boolean }): Promise<{ key: string; value: Json }[]>;
  /** Adds to a number atomically, over processes and tabs; refuses, changing nothing, when the sum would pass `max`. A missing key counts as 0. */
  increment(key: string, by: number, max?: number): Promise<{ ok: boolean; value: number }>;
  getBytes(key: string): Promise<Uint8Array | undefined>;
  setBytes(key: string, value: Uint8Array): Promise<void>;
}
export interface Storage {
  open(namespace: string): KeyValue;
}
export const Storage = token<Storage>("orrery.storage@1");

/** Files that come with the product: model weights, WebAssembly. */
export interface Assets {
  /** Throws ASSET_MISSING when the host has none of that name. */
  load(name: string): Promise<Uint8Array>;
  has(name: string): Promise<boolean>;
}
export const Assets = token<Assets>("orrery.assets@1");

/** A model host a person connected, or one found. Keys stay with the host. */
export interface Connection {
  provider: string;
  /** `undefined`: the provider's own. */
  baseUrl?: string;
  /** Name of the credential `Egress` puts in; absent where none is needed. */
  credential?: string;
  /** "OPENAI_API_KEY", "config", "found on 127.0.0.1:11434", "entered in this page". */
  source: string;
  /** On loopback. */
  local: boolean;
  models?: string[];
}
export interface Connections {
  list(): Promise<Connection[]>;
}
export const Connections = token<Connections>("orrery.connections@1");

/** The only way out to the network. Puts the credential in on the host's side: a plugin never holds a key. */
export interface Egress {
  /** Throws EGRESS_DENIED for a host nobody allowed. `credential` names one of `Connections`. */
  fetch(url: string, init: RequestInit, options?: { credential?: string }): Promise<Response>;
}
export const Egress = token<Egress>("orrery.egress@1");
