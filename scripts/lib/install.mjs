import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectEnv, projectNode, root } from "./paths.mjs";
import { capture, run } from "./run.mjs";

const stampFile = join(root, "node_modules", ".orrery-setup");

/**
 * Installs the workspace's packages when the lockfile or a manifest changed since the last complete installation.
 * The stamp is removed before and written after, so an interrupted installation is simply done again.
 */
export async function install() {
  const wanted = fingerprint();
  if (read(stampFile) === wanted) return;
  const pnpm = `pnpm@${pnpmVersion()}`;
  const started = Date.now();
  console.log(`orrery: installing packages with ${pnpm} (about 1 GB of development tools; a minute or two the first time) …`);
  rmSync(stampFile, { force: true });
  const args = ["-y", pnpm, "install", "--frozen-lockfile", "--reporter=append-only"];
  const env = projectEnv({ CI: "true", npm_config_update_notifier: "false" });
  const code = await run(process.platform === "win32" ? "npx.cmd" : "npx", args, {
    env,
    shell: process.platform === "win32",
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (code !== 0) {
    throw new Error(
      [
        `installing packages failed (npx ${args.join(" ")}, exit ${code}).`,
        "  - No connection, or a proxy? Check that `npm ping` answers, then run the same command again.",
        "  - Does it say that the lockfile is not up to date? After a change to a package.json run",
        `    \`npx -y ${pnpm} install --no-frozen-lockfile\` and commit pnpm-lock.yaml with it.`,
        "  - Disk full? The installation needs about 1.5 GB here and in the home folder.",
        "  - Broken off half-way? Remove the folder node_modules and run the same command again.",
      ].join("\n"),
    );
  }
  await requireNode();
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, wanted);
  console.log(`orrery: packages are in place after ${Math.round((Date.now() - started) / 1000)} s`);
}

/** Node 22 or newer, else a message saying how to get it: only Linux brings its own along. */
async function requireNode() {
  const node = projectNode();
  const { stdout } = await capture(node, ["--version"]);
  const major = Number(/^v(\d+)/.exec(stdout)?.[1] ?? 0);
  if (major >= 22) return;
  throw new Error(
    `Orrery needs Node 22 or newer and found ${stdout.trim() || "none"} at ${node}. On Linux (x64, arm64) Node 24 is installed with the packages; ` +
      "on macOS, Windows and others install Node 24 from https://nodejs.org, then run the same command again.",
  );
}

function pnpmVersion() {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return manifest.packageManager.split("@")[1];
}

function fingerprint() {
  const files = ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ...workspaceManifests()];
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}`);
  for (const file of files) hash.update(`\0${file}\0`).update(read(join(root, file)) ?? "");
  return hash.digest("hex");
}

function workspaceManifests() {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith("."))
    .map((entry) => join(entry.name, "package.json"))
    .filter((file) => existsSync(join(root, file)))
    .sort();
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
