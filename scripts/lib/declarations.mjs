import { join } from "node:path";
import { binFolder, projectEnv, root } from "./paths.mjs";
import { capture } from "./run.mjs";

/** Has the compiler write a package's declarations into a folder, as `folder/<package>/src/…`; gives back what it said. Types are another check's to hold. */
export function emitDeclarations(name, folder, ...more) {
  const args = [
    "-p",
    `${name}/tsconfig.json`,
    "--noEmit",
    "false",
    "--emitDeclarationOnly",
    "--declaration",
    "--outDir",
    folder,
    "--rootDir",
    root,
    "--noCheck",
  ];
  return capture(join(binFolder, "tsc"), [...args, ...more], { env: projectEnv() });
}
