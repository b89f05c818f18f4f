import { chmodSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { OrreryError } from "@orrery/sdk";
import envPaths from "env-paths";

/** The folder everything of this installation is kept in, and the files there. */
export interface Home {
  readonly dir: string;
  readonly journal: string;
  readonly store: string;
  readonly config: string;
  readonly keys: string;
  readonly token: string;
  readonly server: string;
  readonly plugins: string;
  /** Archives of installed packages; `lockfile` says which count. */
  readonly packages: string;
  readonly lockfile: string;
  readonly models: string;
}

/** Says where things are and touches nothing: `explicit` (the flag), else `ORRERY_HOME`, else the system's folder for data. */
export function locateHome(explicit?: string, env: NodeJS.ProcessEnv = process.env): Home {
  const dir = resolve(explicit ?? (env["ORRERY_HOME"] || envPaths("orrery", { suffix: "" }).data));
  const at = (name: string) => join(dir, name);
  return {
    dir,
    journal: at("journal.db"),
    store: at("store.db"),
    config: at("config.json"),
    keys: at("keys.json"),
    token: at("token"),
    server: at("server.json"),
    plugins: at("plugins"),
    packages: at("packages"),
    lockfile: at("orrery-lock.json"),
    models: at("models"),
  };
}

/** Makes the folder, readable for its owner alone. Throws HOME_UNWRITABLE. */
export function openHome(home: Home): Home {
  try {
    mkdirSync(home.dir, { recursive: true, mode: 0o700 });
    if (process.platform !== "win32") chmodSync(home.dir, 0o700);
    return home;
  } catch (cause) {
    throw new OrreryError("HOME_UNWRITABLE", `the data folder ${home.dir} cannot be made or opened`, {
      todo: "Set ORRERY_HOME (or --home) to a folder you can write to.",
      cause,
    });
  }
}
