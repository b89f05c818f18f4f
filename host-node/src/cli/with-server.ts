import type { Log, Retention } from "@orrery/sdk";
import type { HostClient } from "../client/host-client.ts";
import { retentionOf } from "../client/retention-request.ts";
import { openHome } from "../home.ts";
import { createLog } from "../log.ts";
import { accessToken } from "../server/access-token.ts";
import { announceServer } from "../server/server-address.ts";
import { type Backend, type RunningServer, startServer } from "../server/server.ts";
import { Terminal } from "./terminal.ts";
import { type Common, type Flags, type Session, settingsOf } from "./with-host.ts";

export interface ServerOptions extends Common {
  port?: number;
  host?: string;
  /** Runs whose process is gone are carried on here. */
  carryOn?: boolean;
}

/** Listens first and boots behind it, so that the address is there at once; closes both whatever happens. */
export async function withServer(options: ServerOptions, work: (session: Session & { server: RunningServer }) => Promise<number>): Promise<number> {
  const started = performance.now();
  const terminal = new Terminal(options);
  const chosen = { ...(options.port === undefined ? {} : { port: options.port }), ...(options.host ? { host: options.host } : {}) };
  const flags: Flags = Object.keys(chosen).length > 0 ? { server: chosen } : {};
  const { home, settings } = settingsOf(options, flags);
  const token = accessToken(openHome(home).token);
  const backend = later<Backend>();
  const log = createLog(settings.log, terminal.note);
  const listen = (port: number) =>
    startServer({ token, backend: backend.promise, address: settings.server.host, port, allowedHosts: settings.server.allowedHosts, log });
  const server = await listen(settings.server.port).catch((error: { code?: string }) => {
    // Nobody chose the usual port: another server may have it.
    if (error.code !== "PORT_IN_USE" || settings.server.port !== 4400 || options.port !== undefined) throw error;
    return listen(0);
  });
  let unwatch: (() => void) | undefined;
  const withdraw = announceServer(home.server, server.origin);
  try {
    const [{ boot }, { HostClient }] = await Promise.all([import("../boot.ts"), import("../client/host-client.ts")]);
    const host = await boot({ home, settings, reload: () => settingsOf(options, flags).settings });
    try {
      const client = new HostClient(host, performance.now() - started);
      backend.resolve({ host, client });
      (await host.packages()).watch();
      unwatch = (await host.settingsDesk()).watch();
      if (options.carryOn) void carryOn(client, log);
      void tidy(client, retentionOf(settings), log);
      return await work({ host, client, terminal, server });
    } finally {
      withdraw();
      unwatch?.();
      await server.close();
      await host.close();
    }
  } catch (error) {
    backend.reject(error);
    withdraw();
    await server.close();
    throw error;
  }
}

/** Runs that were left by a process that is gone go on; why one does not is logged, and kept in its journal. */
async function carryOn(client: HostClient, log: Log): Promise<void> {
  try {
    for (const { run, error } of await client.resumeAll()) {
      if (error) log.warn(`run ${run} does not go on: ${error.message}`, { code: error.code });
      else log.info(`run ${run} goes on where its process left it`);
    }
  } catch (error) {
    log.error("runs that were left could not be carried on", { message: error instanceof Error ? error.message : String(error) });
  }
}

/** Runs that the settings let go. */
async function tidy(client: HostClient, retention: Retention, log: Log): Promise<void> {
  try {
    for (const { run } of await client.pruneRuns(retention)) log.info(`run ${run} is gone, as the setting "retention" says`);
  } catch (error) {
    log.error("runs could not be taken out", { message: error instanceof Error ? error.message : String(error) });
  }
}

/** A promise settled from outside. Nobody waiting for it when it fails is no error. */
function later<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (reason: unknown) => void } {
  let settle: { resolve: (value: T) => void; reject: (reason: unknown) => void } | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => undefined);
  return { promise, resolve: (value) => settle?.resolve(value), reject: (reason) => settle?.reject(reason) };
}

/** Resolves when the process is asked to stop. */
export function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
