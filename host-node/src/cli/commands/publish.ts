import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { OrreryError } from "@orrery/sdk";
import { readPackage, reportPackage, signPackage, verifyPackage } from "@orrery/sdk/package";
import { locateHome, openHome } from "../../home.ts";
import { keyFileOf, makeKey, readKey } from "../../packages/publisher-key.ts";
import { nodePlatform } from "../../platform.ts";
import { showPackage } from "../permission-prompt.ts";
import { oneLine, Terminal } from "../terminal.ts";
import type { Common } from "../with-host.ts";
import { readSource } from "./packages.ts";

/** `orrery plugin pack`: a folder as `orrery create plugin` makes it, or one file, as a package. */
export async function pack(options: Common & { out?: string; sign?: boolean; key?: string }, from: string): Promise<number> {
  const terminal = new Terminal(options);
  const [{ packFrom }, { nodeSandboxEngine }] = await Promise.all([import("../../packages/pack-plugin.ts"), import("../../sandbox/node-engine.ts")]);
  const key = options.sign || options.key !== undefined ? await readKey(keyFileOf(options)) : undefined;
  const engine = nodeSandboxEngine({ warm: 0 });
  try {
    const packed = await packFrom(from || ".", engine, nodePlatform({ level: "warn" }).clock);
    const bytes = key ? await signPackage(packed.bytes, key) : packed.bytes;
    const file = resolve(options.out ?? `${packed.id}-${packed.version}.tgz`);
    await write(file, bytes);
    const { id, version, hooks, warnings, undescribed, unfinished } = packed;
    terminal.object({
      file,
      id,
      version,
      size: bytes.length,
      hooks,
      warnings,
      ...(key ? { signer: key.fingerprint } : {}),
      ...(undescribed ? { undescribed } : {}),
      ...(unfinished ? { unfinished } : {}),
    });
    showPackage(terminal, reportPackage(await readPackage(bytes)));
    for (const warning of warnings) terminal.line(terminal.colours.yellow(warning));
    if (undescribed) terminal.line(terminal.colours.yellow(`Its settings are not described in the package: ${oneLine(undescribed, 500)}.`));
    if (unfinished)
      terminal.line(
        terminal.colours.yellow(
          `Its setup did not come to its end here (${unfinished}): if it taps more hooks, name them in package.json as "orrery": { "hooks": [] }.`,
        ),
      );
    terminal.line(`packed ${file}`);
    if (!key) terminal.line(`Sign it: orrery plugin sign ${file}`);
    return 0;
  } finally {
    await engine.close();
  }
}

/** `orrery plugin keygen`. */
export async function keygen(options: Common & { out?: string }): Promise<number> {
  const terminal = new Terminal(options);
  const file = options.out === undefined ? join(openHome(locateHome(options.home)).dir, "publisher-key.json") : resolve(options.out);
  const { publicKey, fingerprint } = await makeKey(file);
  terminal.object({ file, publicKey, fingerprint });
  terminal.line(`${file} holds your key. Keep it, and keep it to yourself: whoever has it publishes in your name.`);
  terminal.line(`Its fingerprint, for whoever installs what you sign: ${terminal.colours.bold(fingerprint)}`);
  return 0;
}

/** `orrery plugin sign`. */
export async function sign(options: Common & { key?: string; out?: string }, source: string): Promise<number> {
  const terminal = new Terminal(options);
  const key = await readKey(keyFileOf(options));
  const file = resolve(options.out ?? source);
  await write(file, await signPackage(await readSource(source), key));
  terminal.object({ file, signer: key.fingerprint });
  terminal.line(`${file} is signed by ${key.fingerprint}.`);
  return 0;
}

/** `orrery plugin verify`: ends with 0 only for a signed package, of the key that was named. */
export async function verify(options: Common & { signer?: string }, source: string): Promise<number> {
  const terminal = new Terminal(options);
  const report = reportPackage(await verifyPackage(await readSource(source), options.signer));
  terminal.object(report);
  showPackage(terminal, report);
  terminal.line("Every file is the one its manifest names, and the signature is that of its key.");
  return 0;
}

async function write(file: string, bytes: Uint8Array): Promise<void> {
  await writeFile(file, bytes).catch((cause: unknown) => {
    throw new OrreryError("OUT_UNWRITABLE", `${file} cannot be written`, { todo: "Name a file you can write with --out.", cause });
  });
}
