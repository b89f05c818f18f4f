import { cpSync, existsSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "./lib/build.mjs";
import { root } from "./lib/paths.mjs";
import { addModels, findModels } from "./lib/site-models.mjs";
import { makeWhole } from "./lib/whole-folder.mjs";
import { main, setup } from "./setup.mjs";

// npm run build:site: the page as a folder of static files; any web server can host it, at any path, without headers of its own.
// npm run build:site -- --models DIR: with language models beside it, which then run in the tab.
await main(async () => {
  const { values } = parseArgs({ options: { models: { type: "string" }, out: { type: "string", default: join(root, "dist", "site") } } });
  // Before anything is taken away.
  const models = values.models === undefined ? [] : findModels(resolve(values.models));
  await setup(import.meta.url);
  await build();
  const site = resolve(values.out);
  if (existsSync(site) && readdirSync(site).length > 0 && !existsSync(join(site, "sw.js")))
    throw new Error(`--out ${values.out}: the folder holds something else. Name one that is empty, or an earlier site.`);
  await makeWhole(site, (fresh) => {
    cpSync(join(root, "playground", "dist"), fresh, { recursive: true });
    if (models.length > 0) addModels(fresh, resolve(values.models), models);
  });
  if (models.length > 0) console.log(`orrery: with the models ${models.join(", ")}`);
  console.log(
    `orrery: the site is in ${relative(process.cwd(), site) || "."}; for example \`npx --yes http-server ${relative(process.cwd(), site) || "."}\` serves it`,
  );
});
