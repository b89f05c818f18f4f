import type { HookTrace } from "@orrery/kernel";

/** What an author is told while a plugin is being written. Times are ms. */
export type DevNews =
  | { readonly is: "loaded"; readonly id: string; readonly version: string; readonly hooks: readonly string[]; readonly ms: number; readonly again: boolean }
  | { readonly is: "broken"; readonly code: string; readonly message: string; readonly do?: string; readonly kept: boolean }
  | { readonly is: "warning"; readonly message: string }
  /** `sinceMs`: with the first one after each load, from the source's change to here. */
  | {
      readonly is: "fired";
      readonly hook: string;
      readonly ms: number;
      readonly outcome: HookTrace["outcome"];
      readonly code?: string;
      readonly sinceMs?: number;
    }
  | { readonly is: "fault"; readonly message: string; readonly at: string }
  | { readonly is: "denied"; readonly capability: string }
  | { readonly is: "stopped"; readonly code: string; readonly message: string }
  /** The server it was in is gone, and it is waited for; then it is back, and the plugin is loaded again. */
  | { readonly is: "lost"; readonly origin: string }
  | { readonly is: "back"; readonly origin: string }
  | { readonly is: "logged"; readonly level: string; readonly message: string }
  /** A task ended. Capabilities that were used, asked for and not used, and denied. */
  | {
      readonly is: "ran";
      readonly run: string;
      readonly task?: string;
      readonly status: string;
      readonly used: readonly string[];
      readonly unused: readonly string[];
      readonly denied: readonly string[];
    };

/** Where a plugin in the making runs: a host of its own, or a server's. */
export interface DevHost {
  /** Loads the code, in the place of what it loaded before. True when it runs; what does not load leaves the one before. */
  load(code: string): Promise<boolean>;
  /** Runs a task, the example when there is none, to its end. */
  run(task?: string): Promise<void>;
  /** Takes the plugin away, with what it kept. */
  close(): Promise<void>;
}
