// A process of its own that installs, updates and removes one package for ever; before each change it says on stdout what it is about to do, and after it that it is done.
import { readFile } from "node:fs/promises";
import { readPackage } from "@orrery/sdk/package";
import { locateHome } from "../../host-node/src/home.ts";
import { cleanPlugin } from "../../host-node/src/packages/clean-plugin.ts";
import { PackageStore } from "../../host-node/src/packages/package-store.ts";
import { openStoreDatabase, sqliteStorage } from "../../host-node/src/plugins/storage/sqlite-storage.ts";

const [dir = "", seed = "1", first = "", second = ""] = process.argv.slice(2);
const home = locateHome(dir);
const store = new PackageStore(home, cleanPlugin(home));
const archives = await Promise.all([first, second].map(async (file) => new Uint8Array(await readFile(file))));
const packages = await Promise.all(archives.map(readPackage));
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

let state = Number(seed);
for (;;) {
  state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
  const choice = state % 3;
  const [bytes, read] = [archives[choice], packages[choice]];
  const at = await store.list().then(([entry]) => entry?.version ?? null);
  if (!bytes || !read) {
    if (at === null) continue;
    say({ from: at, to: null });
    await store.remove(packages[0]?.manifest.id ?? "");
  } else {
    say({ from: at, to: read.manifest.version });
    const grant = read.manifest.capabilities.map(({ name }) => name);
    await store.put(bytes, read, { grant, force: true }, 1);
    const db = openStoreDatabase(home.store);
    await sqliteStorage(db).open(`sandbox.${read.manifest.id}`).set("kept/secret", "canary-that-the-plugin-kept");
    db.close();
  }
  say({ done: true });
}
