import { open, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { OrreryError } from "@orrery/sdk";
import { generateKey, type PublisherKey } from "@orrery/sdk/package";
import { z } from "zod";
import { locateHome } from "../home.ts";

/** Where a key is kept unless another file is named. */
export const keyFileOf = (options: { home?: string; key?: string }): string =>
  options.key === undefined ? join(locateHome(options.home).dir, "publisher-key.json") : resolve(options.key);

const keyFile = z.object({ privateKey: z.string(), publicKey: z.string(), fingerprint: z.string() });

/** Makes a key and keeps it in a file for its owner alone; never writes over one. Throws KEY_EXISTS, OUT_UNWRITABLE. */
export async function makeKey(path: string): Promise<PublisherKey> {
  const key = await generateKey();
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(`${JSON.stringify(key, undefined, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    return key;
  } catch (cause) {
    if ((cause as { code?: string }).code === "EEXIST")
      throw new OrreryError("KEY_EXISTS", `${path} is there already`, {
        todo: "Use it, or name another file with --out. A key that is lost cannot be made again.",
        cause,
      });
    throw new OrreryError("OUT_UNWRITABLE", `${path} cannot be written`, { todo: "Name a file you can write with --out.", cause });
  }
}

/** Throws KEY_MISSING, KEY_INVALID. */
export async function readKey(path: string): Promise<PublisherKey> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new OrreryError("KEY_MISSING", `there is no key at ${path}`, { todo: "Make one: orrery plugin keygen.", cause });
  });
  try {
    return keyFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new OrreryError("KEY_INVALID", `${path} holds no key to sign with`, { todo: "Name the file `orrery plugin keygen` made, with --key.", cause });
  }
}
