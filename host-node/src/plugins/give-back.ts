import Database from "better-sqlite3";

/** More than so many bytes that stay are not copied: others who write there wait meanwhile, and not for long. */
const copied = 100_000_000;

/**
 * Makes a database's file smaller, once a quarter of it or more is free; what stays is copied for that, whole or not at all.
 * Where that would take long, or somebody else is at work there, the file keeps its size, and its free pages are filled again.
 */
export function giveBack(file: string): void {
  const db = new Database(file, { fileMustExist: true, timeout: 1_000 });
  try {
    const [pages, free, size] = ["page_count", "freelist_count", "page_size"].map((each) => db.pragma(each, { simple: true }) as number) as [
      number,
      number,
      number,
    ];
    if (free * 4 < pages || (pages - free) * size > copied) return;
    db.pragma("synchronous = FULL");
    db.exec("VACUUM");
    db.pragma("wal_checkpoint(TRUNCATE)");
  } catch (thrown) {
    if (!(thrown instanceof Database.SqliteError)) throw thrown;
  } finally {
    db.close();
  }
}
