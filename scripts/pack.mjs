import { statSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "./lib/build.mjs";
import { root } from "./lib/paths.mjs";
import { capture } from "./lib/run.mjs";
import { stageProduct } from "./lib/stage-product.mjs";
import { main, setup } from "./setup.mjs";

// npm run pack:product: dist/product/orrery-VERSION.tgz, which `npx ./orrery-VERSION.tgz` runs on a machine with Node 22 or newer.
await main(async () => {
  await setup(import.meta.url);
  await build();
  const folder = join(root, "dist", "product");
  stageProduct(folder);
  const { code, stdout, stderr } = await capture("npm", ["pack", "--json"], { cwd: folder });
  if (code !== 0) throw new Error(`npm pack failed in ${folder}:\n${stderr}`);
  const packed = JSON.parse(stdout.slice(stdout.search(/[[{]/)));
  const { filename } = Array.isArray(packed) ? packed[0] : Object.values(packed)[0];
  const tarball = join(folder, filename);
  console.log(`orrery: packed ${relative(process.cwd(), tarball)}, ${(statSync(tarball).size / 2 ** 20).toFixed(1)} MB`);
});
