import { randomBytes } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { OrreryError } from "@orrery/sdk";
import type { WebSocket } from "ws";
import { findPage, securityHeaders } from "../server/page.ts";
import { openBrowser } from "./browser.ts";
import { findBrowser } from "./find-browser.ts";

/** A browser's tab whose sandbox is lent to processes of this machine. */
export interface TabRealm {
  /** The socket a process borrows guests over. */
  readonly address: string;
  close(): Promise<void>;
}

/** ms from the browser's start to the page's first word. */
const patienceMs = 60_000;
const html = '<!doctype html><meta charset="utf-8"><title>Orrery lends its sandbox</title><script type="module" src="page.js"></script>';
const types: { readonly [extension: string]: string } = { ".js": "text/javascript", ".wasm": "application/wasm" };

/**
 * Opens a page in the browser of this machine, under the product's policy and with the product's sandbox, and lends that.
 * Throws BROWSER_MISSING, BROWSER_UNUSABLE, BROWSER_FAILED, PAGE_MISSING.
 */
export async function openTabRealm(): Promise<TabRealm> {
  const program = findBrowser();
  if (program === undefined)
    throw new OrreryError("BROWSER_MISSING", "no Chromium, Chrome or Edge was found on this machine", {
      todo: "Install one, or set CHROMIUM_PATH to its program.",
    });
  const files = await pageFiles();
  const { WebSocketServer } = await import("ws");
  // Only who was told the path is answered.
  const path = `/${randomBytes(16).toString("hex")}/`;
  const server = createServer((request, response) => void answer(files, nameIn(path, request), response));
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const exchange = new Exchange();
  server.on("upgrade", (request, stream, head) => {
    const name = nameIn(path, request);
    if (name === undefined) return void stream.destroy();
    sockets.handleUpgrade(request, stream, head, (socket) => exchange.take(name, socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const browser = await openBrowser(program, `http://${address}`);
  const close = async (): Promise<void> => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    server.close();
    await browser.close();
  };
  let impatience: NodeJS.Timeout | undefined;
  const failed = (why: string) =>
    new OrreryError("BROWSER_FAILED", `${program} did not open a page: ${why}`, { todo: "Start it by hand to see why, or set CHROMIUM_PATH to another." });
  try {
    await Promise.race([
      exchange.ready,
      browser.gone.then((said) => Promise.reject(failed(said || "it ended without a word"))),
      new Promise((_, reject) => {
        impatience = setTimeout(() => reject(failed(`nothing came within ${patienceMs / 1_000} s`)), patienceMs);
      }),
    ]);
  } catch (thrown) {
    await close();
    throw thrown;
  } finally {
    clearTimeout(impatience);
  }
  return { address: `ws://${address}borrow`, close };
}

/** Brings together the sockets of those who borrow and the ones the page opens for them. */
class Exchange {
  readonly ready: Promise<void>;
  readonly #borrowers = new Map<string, WebSocket>();
  #page: WebSocket | undefined;
  #opened: () => void = () => undefined;
  #next = 1;

  constructor() {
    this.ready = new Promise((resolve) => {
      this.#opened = resolve;
    });
  }

  take(name: string, socket: WebSocket): void {
    socket.on("error", () => socket.terminate());
    const number = /^guests\/(\d+)$/.exec(name)?.[1];
    const borrower = number === undefined ? undefined : this.#borrowers.get(number);
    if (borrower && number !== undefined) {
      this.#borrowers.delete(number);
      pair(borrower, socket);
    } else if (name === "page" && !this.#page) {
      this.#page = socket;
      this.#opened();
    } else if (name === "borrow" && this.#page) {
      const next = String(this.#next++);
      // What it says waits until the page is there to hear it.
      socket.pause();
      this.#borrowers.set(next, socket);
      this.#page.send(next);
    } else socket.terminate();
  }
}

/** What one says the other hears, until either goes. */
function pair(one: WebSocket, other: WebSocket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on("message", (data, isBinary) => to.send(data, { binary: isBinary }));
    from.on("close", () => to.close());
    from.resume();
  }
}

const nameIn = (path: string, { url = "" }: IncomingMessage): string | undefined => (url.startsWith(path) ? url.slice(path.length) : undefined);

async function answer(files: ReadonlyMap<string, string>, name: string | undefined, response: ServerResponse): Promise<void> {
  response.setHeaders(new Map(Object.entries(securityHeaders)));
  if (name === "") return void response.setHeader("content-type", "text/html; charset=utf-8").end(html);
  const file = name === undefined ? undefined : files.get(name);
  if (file === undefined) return void response.writeHead(404).end();
  try {
    const content = await readFile(file);
    response.setHeader("content-type", types[extname(file)] ?? "application/octet-stream").end(content);
  } catch {
    response.writeHead(500).end();
  }
}

// Beside the bundle, or in the workspace from this file's place.
const programs = ["tab/page.js", "../../dist/tab/page.js"].map((place) => fileURLToPath(new URL(place, import.meta.url)));

/** The page's program and what the sandbox is made of, by the names the page asks for. Throws PAGE_MISSING. */
async function pageFiles(): Promise<ReadonlyMap<string, string>> {
  const there = await Promise.all(
    programs.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  const program = programs.find((_, at) => there[at]);
  const site = await findPage();
  if (program === undefined || site === undefined)
    throw new OrreryError("PAGE_MISSING", "this installation has no page for the tab's sandbox", {
      todo: "Install it again, or run `npm run build` in a clone.",
    });
  return new Map([
    ["page.js", program],
    ...["guest.js", "quickjs.wasm", "sdk.js"].map((name) => [`assets/sandbox/${name}`, join(site, "assets", "sandbox", name)] as const),
  ]);
}
