import type { Home } from "../home.ts";
import { readLockfile } from "./lockfile.ts";
import { keyFileOf, readKey } from "./publisher-key.ts";

/** What a key is on this machine, in words; undefined when nothing here knows it. */
export async function keyNamed(home: Pick<Home, "dir" | "lockfile">, fingerprint: string): Promise<string | undefined> {
  const own = await readKey(keyFileOf({ home: home.dir })).catch(() => undefined);
  if (own?.fingerprint === fingerprint) return "your own key";
  const installed = (await readLockfile(home.lockfile).catch(() => undefined))?.packages.find(({ signer }) => signer === fingerprint);
  return installed && `the key of the installed plugin ${installed.id}`;
}
