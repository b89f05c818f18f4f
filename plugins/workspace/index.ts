import { definePlugin, Storage, Workspace } from "@orrery/sdk";
import { z } from "zod";
import { RunFiles } from "./run-files.ts";

/** The files agents write, per run and with every version, in the host's own store: one implementation for Node and a tab. */
export default definePlugin({
  manifest: {
    id: "orrery.workspace",
    version: "0.1.0",
    api: "^1.0",
    title: "Workspace",
    description: "Keeps the files of each run with all their versions, in the host's store.",
  },
  config: z
    .strictObject({
      /** Files one run may have. */
      maxFiles: z.int().positive().default(200),
      /** Bytes of one version. */
      maxFileBytes: z.int().positive().default(1_000_000),
      /** Bytes of all versions of a run together. */
      maxRunBytes: z.int().positive().default(20_000_000),
    })
    .prefault({}),
  requires: { storage: Storage },
  provides: [Workspace],
  setup({ use, config, provide, clock }) {
    provide(Workspace, new RunFiles(use.storage.open("orrery.workspace"), config, clock.now));
  },
});
