import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { binFolder, projectEnv } from "./paths.mjs";
import { run } from "./run.mjs";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const macApps = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];

/** The Chromium that is there (CHROMIUM_PATH, the PATH, macOS applications, one playwright fetched earlier), else undefined. */
export async function findChromium() {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen) {
    if (!runnable(chosen)) throw new Error(`CHROMIUM_PATH is ${chosen}, which cannot be run. Correct it, or unset it to let set-up look for one.`);
    return chosen;
  }
  for (const folder of (process.env.PATH ?? "").split(delimiter))
    for (const name of names) if (folder && runnable(join(folder, name))) return join(folder, name);
  return macApps.find(runnable) ?? (await playwrightsOwn());
}

/** Finds a Chromium for the tests, or installs one: apt when root on Debian, else playwright's own download. */
export async function ensureChromium() {
  const found = await findChromium();
  if (found) return found;
  console.log("orrery: the tests need Chromium and none was found");
  if (process.platform === "linux" && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("orrery: installing Debian's chromium with apt-get (about 300 MB on disk; a minute or two) …");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const stdio = ["ignore", "inherit", "inherit"];
    await run("apt-get", ["update"], { env, stdio });
    await run("apt-get", ["install", "-y", "--no-install-recommends", "chromium", "fonts-liberation"], { env, stdio });
    const installed = await findChromium();
    if (installed) return installed;
    console.log("orrery: apt-get did not bring a Chromium");
  }
  console.log("orrery: downloading playwright's Chromium (about 170 MB) …");
  await run(join(binFolder, "playwright-core"), ["install", "chromium"], { env: projectEnv(), stdio: ["ignore", "inherit", "inherit"] });
  const fetched = await playwrightsOwn();
  if (fetched) return fetched;
  throw new Error(
    "no Chromium could be found or installed, and part of the tests run in a real browser. Install Chromium or Google Chrome " +
      "(Debian, Ubuntu: `apt-get install chromium` as root), or set CHROMIUM_PATH to a browser's executable; then run `npm test` again.",
  );
}

async function playwrightsOwn() {
  try {
    const { chromium } = await import("playwright-core");
    const path = chromium.executablePath();
    return runnable(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

function runnable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
