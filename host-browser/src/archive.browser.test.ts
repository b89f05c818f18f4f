import workspace from "@orrery/plugins/workspace";
import { Journal, Storage, Workspace } from "@orrery/sdk";
import { Dexie } from "dexie";
import { archiveContract } from "../../tests/contracts/archive-contract.ts";
import { boot } from "./boot.ts";

let opened = 0;

archiveContract("IndexedDB", async () => {
  const names: string[] = [];
  const kernels: { close(): Promise<unknown> }[] = [];
  const open = async () => {
    opened += 1;
    const database = `archive-test-${opened}`;
    names.push(database);
    const { kernel } = await boot({ base: "/", database, plugins: [workspace], carry: () => Promise.reject(new Error("there is no network here")) });
    kernels.push(kernel);
    return { journal: kernel.service(Journal) as Journal, workspace: kernel.service(Workspace), storage: kernel.service(Storage) as Storage };
  };
  return {
    archive: await open(),
    elsewhere: await open(),
    async close() {
      for (const kernel of kernels) await kernel.close();
      for (const name of names) for (const kind of ["journal", "state"]) await Dexie.delete(`${name}.${kind}`);
    },
  };
});
