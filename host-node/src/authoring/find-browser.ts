import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { OrreryError } from "@orrery/sdk";

const commands = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "microsoft-edge-stable"];
const macApps = ["Google Chrome", "Chromium", "Microsoft Edge"].map((name) => `${name}.app/Contents/MacOS/${name}`);
const windowsApps = ["Google\\Chrome\\Application\\chrome.exe", "Chromium\\Application\\chrome.exe", "Microsoft\\Edge\\Application\\msedge.exe"];

/** The Chromium, Chrome or Edge of this machine: what CHROMIUM_PATH names, else the first one where they are usually installed. Throws BROWSER_UNUSABLE for a CHROMIUM_PATH that leads nowhere. */
export function findBrowser(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string | undefined {
  const named = env["CHROMIUM_PATH"];
  if (!named) return places(env, platform).find(runnable);
  if (runnable(named)) return named;
  throw new OrreryError("BROWSER_UNUSABLE", `CHROMIUM_PATH is ${named}, which cannot be run`, { todo: "Correct it, or unset it to have one looked for." });
}

function places(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  const all = (folders: readonly (string | undefined)[], names: readonly string[]): string[] =>
    folders.flatMap((folder) => (folder ? names.map((name) => join(folder, name)) : []));
  if (platform === "win32") return all([env["PROGRAMFILES"], env["PROGRAMFILES(X86)"], env["LOCALAPPDATA"]], windowsApps);
  const onPath = all((env["PATH"] ?? "").split(delimiter), commands);
  return platform === "darwin" ? [...all(["/Applications", join(homedir(), "Applications")], macApps), ...onPath] : onPath;
}

function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
