import { canonicalJson, type Clock, type Json, OrreryError } from "@orrery/sdk";
import type { PluginPackage } from "@orrery/sdk/package";
import { describeSource, type SandboxEngine } from "@orrery/sdk/sandbox";

/**
 * Runs a package's code in the sandbox with nothing granted and holds what it says of itself against its manifest, which is what people agree to.
 * Throws PACKAGE_CODE_DIFFERS, and SOURCE_INVALID or SANDBOX_* for code that is no plugin.
 */
export async function provePackage({ manifest, code }: PluginPackage, engine: SandboxEngine, clock: Clock): Promise<void> {
  const differs = (how: string): OrreryError =>
    new OrreryError("PACKAGE_CODE_DIFFERS", `the code of ${manifest.id} ${manifest.version} does something else than its manifest says: ${how}`, {
      todo: "Do not install it; tell its author.",
      refusal: true,
    });
  const said = await describeSource(code, engine, clock).catch((cause: OrreryError) => {
    throw new OrreryError(cause.code, `the code of ${manifest.id} ${manifest.version} does not run in the sandbox: ${cause.message}`, {
      todo: "Tell its author.",
      refusal: true,
      cause,
    });
  });
  if (said.manifest.id !== manifest.id || said.manifest.version !== manifest.version)
    throw differs(`it calls itself ${String(said.manifest.id).slice(0, 80)} ${String(said.manifest.version).slice(0, 40)}`);
  if (said.manifest.budget && canonicalJson(said.manifest.budget as unknown as Json) !== canonicalJson((manifest.budget ?? null) as Json))
    throw differs("it asks for another budget");
  const hook = said.hooks.find((each) => !manifest.hooks.includes(each));
  if (hook !== undefined) throw differs(`it taps ${hook.slice(0, 80)}`);
  const service = Object.values(said.requires).find((each) => !Object.values(manifest.requires).includes(each));
  if (service !== undefined) throw differs(`it requires ${service.slice(0, 80)}`);
  const offered = said.provides.find((each) => !manifest.provides.includes(each));
  if (offered !== undefined) throw differs(`it provides ${offered.slice(0, 80)}`);
}
