import type { OrreryError } from "../error.ts";
import type { SandboxEngine } from "./engine.ts";
import { GuestLink, type LinkClock } from "./guest-link.ts";
import { type SandboxLimits, sandboxLimits } from "./limits.ts";
import type { GuestDescription } from "./message.ts";

/** What a plugin's code says and does at its start, found by running it in a sandbox with nothing granted. */
export interface SourceDescription extends GuestDescription {
  /** Hooks its setup tapped, sorted. */
  readonly hooks: readonly string[];
  /** Why its setup did not finish here, where nothing it may ask for is there; its `hooks` are those until then. */
  readonly unfinished: { readonly code: string; readonly message: string } | undefined;
}

/** `config` is what its setup is given. Throws SOURCE_INVALID or SANDBOX_* when the code is no plugin. */
export async function describeSource(
  code: string,
  engine: SandboxEngine,
  clock: LinkClock,
  limits: Partial<SandboxLimits> = {},
  config: unknown = {},
): Promise<SourceDescription> {
  const hooks = new Set<string>();
  const opened: { link?: GuestLink } = {};
  const { link, description } = await GuestLink.open({
    code,
    engine,
    limits: { ...sandboxLimits, ...limits },
    clock,
    stopped: () => undefined,
    handle: (message) => {
      if (message.kind === "tap") hooks.add(message.hook);
      if (message.kind === "call")
        opened.link?.tell({ kind: "reply", id: message.id, ok: false, code: "NOT_HERE", message: "the plugin is only being described" });
    },
  });
  opened.link = link;
  const { manifest, requires } = description;
  const use = Object.fromEntries(Object.entries(requires).map(([name, token]) => [name, { token, methods: [] }]));
  const plugin = { id: manifest.id, version: manifest.version, tier: "community" };
  const granted = (manifest.capabilities ?? []).map((each) => (typeof each === "string" ? each : each.name));
  let unfinished: SourceDescription["unfinished"];
  try {
    await link.setUp({ kind: "hello", plugin, config, use, found: {}, granted, seed: 1 });
  } catch (thrown) {
    const { code, message } = thrown as OrreryError;
    unfinished = { code, message };
  }
  await link.close(0);
  return { ...description, hooks: [...hooks].sort(), unfinished };
}
