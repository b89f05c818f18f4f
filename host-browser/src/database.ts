import { Dexie, type EntityTable, type Table } from "dexie";
import type { JournalEntry, Json, RunStanding } from "@orrery/sdk";
import type { GrantedPackage, InstalledPackage } from "@orrery/sdk/package";

/** A run as the journal's own index keeps it: the head of its chain and what lists show. */
export interface RunRow extends RunStanding {
  run: string;
  events: number;
  bytes: number;
  head: string;
  epoch: number;
}

/** The journal: its transactions ask the browser for strict durability. */
export class JournalDatabase extends Dexie {
  declare readonly entries: EntityTable<JournalEntry, "seq">;
  declare readonly runs: EntityTable<RunRow, "run">;

  constructor(name: string) {
    super(name, { chromeTransactionDurability: "strict" });
    this.version(1).stores({ entries: "++seq, &[run+idx]", runs: "run, startedAt, thread" });
  }
}

export interface ValueRow {
  ns: string;
  key: string;
  value: unknown;
}
/** A model host a person connected in this page. The key stays in this browser. */
export interface ConnectionRow {
  provider: string;
  baseUrl?: string;
  key?: string;
  models?: string[];
  addedAt: number;
}

export interface FileRow {
  /** SHA-256 of the bytes. */
  id: string;
  bytes: Uint8Array;
}
export interface RunFilesRow {
  run: string;
  thread: string;
  /** `size` in bytes; rows of the first version have none. */
  files: { path: string; id: string; mediaType?: string; size?: number }[];
}

/** A plugin somebody installed in this browser. */
export interface PackageRow {
  id: string;
  /** The archive as it came. */
  bytes: Uint8Array;
  installed: GrantedPackage;
  /** What it is set to. */
  config?: Json;
  /** It is in quarantine. */
  held?: NonNullable<InstalledPackage["held"]>;
  /** The version before, as it was granted. */
  previous?: { bytes: Uint8Array; installed: GrantedPackage };
}

/** In the values, a key each: plugins that are being installed for the first time, and may have kept something already. */
export const arriving = "packages.arriving";

/** In the values, an id each: what the product's own plugins are configured with. */
export const configs = "plugins.config";

/** Everything that can be made again or asked for again; relaxed durability. */
export class StateDatabase extends Dexie {
  declare readonly values: Table<ValueRow, [string, string]>;
  declare readonly connections: EntityTable<ConnectionRow, "provider">;
  declare readonly files: EntityTable<FileRow, "id">;
  declare readonly runFiles: EntityTable<RunFilesRow, "run">;
  declare readonly packages: EntityTable<PackageRow, "id">;

  constructor(name: string) {
    super(name, { chromeTransactionDurability: "relaxed" });
    this.version(1).stores({ values: "[ns+key]", connections: "provider", files: "id", runFiles: "run, thread" });
    this.version(2).stores({ packages: "id" });
  }
}
