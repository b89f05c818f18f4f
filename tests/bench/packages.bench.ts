// What installing a package costs, and whether 200 installs and uninstalls leave anything: resident memory, the heap after a collection and files, after each 50.
// Printed, not asserted; tests/packages asserts what is left.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { boot, locateHome } from "@orrery/host-node";
import { packPlugin, readPackage } from "@orrery/sdk/package";

const id = "bench.packed";
const code = (padding: string) =>
  `export default { manifest: { id: "${id}", version: "1.0.0", api: "^1.0" }, setup({ tap }) { tap("step.before", () => undefined); } };\n//${padding}`;
const manifest = { id, version: "1.0.0", api: "^1.0", capabilities: [], hooks: ["step.before"], requires: {}, provides: [] };
const median = (list: number[]): number => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
setFlagsFromString("--expose_gc");
const collect = runInNewContext("gc") as () => void;

const noise = Array.from({ length: 1_000_000 }, (_, at) => ((at * 2_654_435_761) >>> 7).toString(36).slice(-1)).join("");
const large = await packPlugin({ manifest, code: code(noise) });
const reads: number[] = [];
for (let round = 0; round < 9; round += 1) {
  const began = performance.now();
  await readPackage(large);
  reads.push(performance.now() - began);
}
console.log(`reading a package of 1 MB             ${median(reads).toFixed(0)} ms (${(large.length / 1024).toFixed(0)} KB packed)`);

const dir = await mkdtemp(join(tmpdir(), "orrery-bench-"));
const host = await boot({ home: locateHome(dir), env: {} });
const packages = await host.packages();
const bytes = await packPlugin({ manifest, code: code("") });
const took: number[] = [];
const resident: number[] = [];
const heap: number[] = [];
const files: number[] = [];
for (let round = 1; round <= 200; round += 1) {
  const began = performance.now();
  await packages.install(bytes, { grant: [], unsigned: true });
  took.push(performance.now() - began);
  await packages.remove(id);
  if (round % 50 !== 0) continue;
  collect();
  resident.push(process.memoryUsage().rss / 2 ** 20);
  heap.push(process.memoryUsage().heapUsed / 2 ** 20);
  files.push((await readdir(dir, { recursive: true })).length);
}
console.log(`installing one: checked, proven, kept, started ${median(took).toFixed(0)} ms`);
const list = (numbers: readonly number[], digits: number): string => numbers.map((each) => each.toFixed(digits)).join(", ");
console.log(`200 installs and uninstalls, after each 50: resident ${list(resident, 0)} MB; heap ${list(heap, 1)} MB; files ${list(files, 0)}`);
await host.close();
await rm(dir, { recursive: true, force: true });
