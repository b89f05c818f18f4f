import { definePlugin, Mailbox } from "@orrery/sdk";
import { z } from "zod";
import { openStoreDatabase } from "../storage/sqlite-storage.ts";
import { SqliteMailbox } from "./sqlite-mailbox.ts";

/** Letters between the processes of one data folder, in its store. */
export default definePlugin({
  manifest: {
    id: "orrery.host.mailbox",
    version: "0.1.0",
    api: "^1.0",
    title: "Mailbox",
    description: "Hands what one process tells a run to the process that carries it on.",
  },
  config: z.object({ file: z.string().min(1) }),
  provides: [Mailbox],
  setup({ config, own, provide, clock }) {
    const mailbox = new SqliteMailbox(() => openStoreDatabase(config.file), clock.now);
    own("mailbox", () => mailbox.close());
    provide(Mailbox, mailbox);
  },
});
