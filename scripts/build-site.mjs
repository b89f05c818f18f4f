import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "./lib/build.mjs";
import { root } from "./lib/paths.mjs";
import { main, setup } from "./setup.mjs";

// npm run build:site: the page as a folder of static files; any web server can host it, at any path, without headers of its own.
await main(async () => {
  await setup(import.meta.url);
  await build();
  const site = join(root, "dist", "site");
  rmSync(site, { recursive: true, force: true });
  mkdirSync(site, { recursive: true });
  cpSync(join(root, "playground", "dist"), site, { recursive: true });
  console.log(
    `orrery: the site is in ${relative(process.cwd(), site) || "."}; for example \`npx --yes http-server ${relative(process.cwd(), site) || "."}\` serves it`,
  );
});
