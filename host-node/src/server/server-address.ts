import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";

/** Where the server of this data folder listens, for commands in other processes. */
const kept = z.object({ origin: z.url(), pid: z.int().positive() });
export type ServerAddress = z.infer<typeof kept>;

/** Says where this process listens; returns the way to take that back. Two servers of one folder: the later one is found. */
export function announceServer(file: string, origin: string): () => void {
  const mine = { origin, pid: process.pid };
  try {
    writeFileSync(file, `${JSON.stringify(mine)}\n`, { mode: 0o600 });
  } catch {
    // Commands then do by themselves what they would have asked this server for.
    return () => {};
  }
  return () => {
    if (readServer(file)?.pid === mine.pid) rmSync(file, { force: true });
  };
}

export function readServer(file: string): ServerAddress | undefined {
  try {
    return kept.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}
