import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** `orrery serve`, the real one, with a home of its own. */
export interface OrreryServer {
  /** The page's address, with the token in it. */
  readonly url: string;
  readonly origin: string;
  /** Asks the API; the answer's body. */
  call<T>(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: object): Promise<T>;
  close(): Promise<void>;
}

/** `settle` puts into the home what the server is to find there. */
export async function serveOrrery(env: Record<string, string> = {}, settle: (home: string) => Promise<void> = async () => {}): Promise<OrreryServer> {
  const home = await mkdtemp(join(tmpdir(), "orrery-serve-"));
  await settle(home);
  const server = spawn(join(root, "node_modules/.bin/orrery"), ["serve", "--port", "0", "--home", home], {
    cwd: root,
    env: { PATH: process.env["PATH"] ?? "", HOME: home, NO_COLOR: "1", ...env },
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = "";
    const read = (data: Buffer) => {
      text += data;
      const found = /http:\/\/\S+#token=\S+/.exec(text)?.[0];
      if (found) resolve(found);
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    server.on("exit", () => reject(new Error(`orrery serve ended: ${text}`)));
  });
  const { origin, hash } = new URL(url);
  const authorization = `Bearer ${hash.slice("#token=".length)}`;
  return {
    url,
    origin,
    async call(method, path, body) {
      const headers = { authorization, accept: "application/json", ...(body ? { "content-type": "application/json" } : {}) };
      const answer = await fetch(`${origin}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
      return (await answer.json()) as never;
    },
    async close() {
      if (server.exitCode === null && server.signalCode === null) {
        const over = once(server, "exit");
        server.kill();
        // What it writes on its way out goes with its home, and not after it.
        await over;
      }
      await rm(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
