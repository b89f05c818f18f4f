import { access, mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { OrreryError } from "@orrery/sdk";

// The bundle of a built product (dist/sdk/), or the workspace's own sources, from this file's place among them.
const places = ["sdk/", "../dist/sdk/", "../../sdk/"].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** The folder of the SDK package that plugins are written and tested against. Throws SDK_MISSING. */
export async function findSdk(): Promise<string> {
  for (const place of places)
    if (
      await access(join(place, "package.json")).then(
        () => true,
        () => false,
      )
    )
      return place.replace(/[/\\]$/, "");
  throw new OrreryError("SDK_MISSING", "this installation has no SDK to write plugins with", { todo: "Install it again, or run `npm run build` in a clone." });
}

/** Makes `@orrery/sdk` resolve from the plugin in `folder`, exactly as `npm install` of its `file:` dependency would. */
export async function linkSdk(folder: string, sdk: string): Promise<void> {
  const link = join(folder, "node_modules", "@orrery", "sdk");
  await mkdir(dirname(link), { recursive: true });
  await symlink(sdk, link, "junction");
}
