import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".md": "text/markdown",
};
/** What the tests serve: the built page, or the folder named in ORRERY_PAGE. */
const built = process.env["ORRERY_PAGE"] ?? fileURLToPath(new URL("../../playground/dist", import.meta.url));

export interface PageServer {
  /** With its final slash. */
  readonly url: string;
  close(): Promise<void>;
}

interface Served {
  /** Contents served in place of the files of these names. */
  readonly instead?: { readonly [name: string]: string };
  /** Told the path of every request. */
  onRequest?(path: string): void;
}

/** Serves the built page as any static host would: plain headers, no policy of its own, under a path that is not the root. */
export async function servePage(prefix = "/some/where/", folder = built, { instead = {}, onRequest }: Served = {}): Promise<PageServer> {
  if (!existsSync(join(folder, "index.html"))) throw new Error(`There is no page in ${folder}: run \`npm run build\` first.`);
  const server: Server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://page").pathname);
    const name = path.startsWith(prefix) ? path.slice(prefix.length) || "index.html" : undefined;
    onRequest?.(path);
    try {
      if (name === undefined || name.includes("..")) throw new Error("not here");
      const content = instead[name] ?? (await readFile(join(folder, name)));
      response.writeHead(200, { "content-type": types[extname(name)] ?? "application/octet-stream" }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
