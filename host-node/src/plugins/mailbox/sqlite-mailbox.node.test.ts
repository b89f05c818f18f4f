import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mailboxContract } from "../../../../tests/contracts/mailbox-contract.ts";
import { openStoreDatabase } from "../storage/sqlite-storage.ts";
import { SqliteMailbox } from "./sqlite-mailbox.ts";

mailboxContract("SQLite", async () => {
  const dir = mkdtempSync(join(tmpdir(), "orrery-mailbox-"));
  const open = () => new SqliteMailbox(() => openStoreDatabase(join(dir, "store.db")), Date.now);
  const [mine, theirs] = [open(), open()];
  return {
    mine,
    theirs,
    async close() {
      mine.close();
      theirs.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
});
