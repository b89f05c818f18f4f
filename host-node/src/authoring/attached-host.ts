import { setTimeout } from "node:timers/promises";
import { OrreryError } from "@orrery/sdk";
import { WebSocket } from "ws";
import type { Home } from "../home.ts";
import { accessToken } from "../server/access-token.ts";
import { readServer } from "../server/server-address.ts";
import type { DevHost, DevNews } from "./dev-news.ts";

/** What an author's terminal says to a server, and what it hears: answers under the number of what they answer, and news. */
export type ToServer = { readonly id: number } & (
  | { readonly do: "load"; readonly code: string; readonly deny: readonly string[] }
  | { readonly do: "run"; readonly task?: string }
);
export type FromServer =
  | { readonly id: number; readonly result: boolean }
  | { readonly id: number; readonly error: { readonly code: string; readonly message: string; readonly do?: string } }
  | { readonly news: DevNews };

/** A server that is running, as the host of a plugin in the making: the plugin is there as long as the socket is. */
export interface AttachedHost extends DevHost {
  readonly origin: string;
  /** Resolves when the server goes before this does; what is asked of it then fails with SERVER_GONE. */
  readonly lost: Promise<void>;
  /** Resolves once a server of the data folder is there again: nothing is loaded into it yet. Rejects when `signal` goes off first. */
  again(signal: AbortSignal): Promise<void>;
}

/** ms between two looks for a server that went. */
const lookMs = 300;

/** Throws SERVER_NOT_RUNNING. */
export async function attachTo(home: Home, deny: readonly string[], tell: (news: DevNews) => void): Promise<AttachedHost> {
  let line = await openLine(home, tell);
  return {
    get origin() {
      return line.origin;
    },
    get lost() {
      return line.lost;
    },
    async again(signal) {
      for (;;) {
        const found = await openLine(home, tell).catch(() => undefined);
        if (found) {
          line = found;
          return;
        }
        await setTimeout(lookMs, undefined, { signal });
      }
    },
    load: (code) => line.ask({ do: "load", code, deny }),
    async run(task) {
      await line.ask({ do: "run", ...(task === undefined ? {} : { task }) });
    },
    close: () => line.close(),
  };
}

type Question = ToServer extends infer T ? (T extends unknown ? Omit<T, "id"> : never) : never;

/** One socket to one server. Throws SERVER_NOT_RUNNING. */
async function openLine(home: Home, tell: (news: DevNews) => void) {
  const server = readServer(home.server);
  const missing = (cause?: unknown) =>
    new OrreryError("SERVER_NOT_RUNNING", `no server of the data folder ${home.dir} is running`, {
      todo: "Start one (orrery serve), name its data folder with --home, or leave --attach out.",
      cause,
    });
  if (!server) throw missing();
  const { origin } = server;
  const socket = new WebSocket(`${origin.replace(/^http/, "ws")}/api/dev`, ["orrery.v1", `token.${accessToken(home.token)}`], { perMessageDeflate: false });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", (cause) => reject(missing(cause)));
  });
  const waiting = new Map<number, { resolve(value: boolean): void; reject(reason: Error): void }>();
  let next = 1;
  let leaving = false;
  socket.on("error", () => socket.terminate());
  socket.on("message", (data) => {
    const said = JSON.parse(String(data)) as FromServer;
    if ("news" in said) return tell(said.news);
    const { resolve, reject } = waiting.get(said.id) ?? {};
    waiting.delete(said.id);
    if ("error" in said) reject?.(new OrreryError(said.error.code, said.error.message, said.error.do ? { todo: said.error.do } : {}));
    else resolve?.(said.result);
  });
  const gone = (): OrreryError => new OrreryError("SERVER_GONE", `the server at ${origin} is gone, and the plugin with it`, { todo: "Start it again." });
  const lost = new Promise<void>((resolve) => {
    socket.once("close", () => {
      for (const each of waiting.values()) each.reject(gone());
      waiting.clear();
      if (!leaving) resolve();
    });
  });
  return {
    origin,
    lost,
    ask: (question: Question): Promise<boolean> =>
      new Promise((resolve, reject) => {
        if (socket.readyState !== socket.OPEN) return reject(gone());
        const id = next++;
        waiting.set(id, { resolve, reject });
        socket.send(JSON.stringify({ id, ...question }));
      }),
    async close() {
      if (socket.readyState === socket.CLOSED) return;
      leaving = true;
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.close();
      await closed;
    },
  };
}
