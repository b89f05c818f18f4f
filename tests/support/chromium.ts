import { type Browser, chromium, type LaunchOptions } from "playwright-core";
import { chromiumFlags, softwareWebGpuFlags } from "../../scripts/lib/chromium-flags.mjs";
import { findChromium } from "../../scripts/lib/chromium.mjs";

/** Starts the real Chromium that the tests use, with an empty profile; the caller closes it. `webgpu` adds the software adapter. */
export async function launchChromium(options: LaunchOptions & { webgpu?: boolean } = {}): Promise<Browser> {
  const { webgpu, args = [], ...rest } = options;
  const executablePath = await findChromium();
  if (!executablePath) throw new Error("No Chromium was found: run `npm test`, which installs one, or set CHROMIUM_PATH.");
  return chromium.launch({
    headless: true,
    executablePath,
    timeout: 120_000,
    ...rest,
    args: [...chromiumFlags, ...(webgpu ? softwareWebGpuFlags : []), ...args],
  });
}
