import workspace from "@orrery/plugins/workspace";
import { Journal, Storage, Workspace } from "@orrery/sdk";
import { Dexie } from "dexie";
import { archiveContract } from "../../tests/contracts/archive-contract.ts";
import { digestContract } from "../../tests/contracts/digest-contract.ts";
import { boot } from "./boot.ts";

let opened = 0;

/** So many hosts of their own, and the way to take them away. */
async function hosts(count: number) {
  const names: string[] = [];
  const kernels: { close(): Promise<unknown> }[] = [];
  const archives = [];
  for (let i = 0; i < count; i++) {
    opened += 1;
    const database = `archive-test-${opened}`;
    names.push(database);
    const { kernel } = await boot({ base: "/", database, plugins: [workspace], carry: () => Promise.reject(new Error("there is no network here")) });
    kernels.push(kernel);
    archives.push({ journal: kernel.service(Journal) as Journal, workspace: kernel.service(Workspace), storage: kernel.service(Storage) as Storage });
  }
  const close = async () => {
    for (const kernel of kernels) await kernel.close();
    for (const name of names) for (const kind of ["journal", "state"]) await Dexie.delete(`${name}.${kind}`);
  };
  return { archives, close };
}

archiveContract("IndexedDB", async () => {
  const { archives, close } = await hosts(2);
  const [archive, elsewhere] = archives;
  if (!archive || !elsewhere) throw new Error("no hosts");
  return { archive, elsewhere, close };
});
digestContract("IndexedDB", async () => {
  const { archives, close } = await hosts(1);
  const [archive] = archives;
  if (!archive) throw new Error("no host");
  return { archive, close };
});
