import { chmod, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { OrreryError } from "@orrery/sdk";

const suffix = ".part";

/** A file that is being written; one that is still there was left by a process that ended. */
export const isPart = (name: string): boolean => name.endsWith(suffix);

/** Replaces the file in one step that lasts through a crash and a power cut: what is there is the old content or the new. Throws PACKAGES_UNWRITABLE. */
export async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  const part = `${path}.${process.pid}${suffix}`;
  try {
    const file = await open(part, "w", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    if (process.platform !== "win32") await chmod(part, 0o600);
    await rename(part, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(part, { force: true }).catch(() => undefined);
    throw unwritable(path, cause);
  }
}

export async function removeDurably(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
    await syncFolder(dirname(path));
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** Makes a name in a folder last. Windows keeps names without being asked, and cannot open a folder. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const unwritable = (path: string, cause: unknown): OrreryError =>
  new OrreryError("PACKAGES_UNWRITABLE", `${path} cannot be written (${(cause as { code?: string }).code ?? "unknown"})`, {
    todo: "Check the disk's space, and the owner and permissions of the data folder (orrery config path). Nothing was changed.",
    cause,
  });
