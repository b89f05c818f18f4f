import { OrreryError } from "@orrery/sdk";
import { openHome } from "../../home.ts";
import { connect, disconnect } from "../../plugins/connections/connect.ts";
import { accessOf, isLoopback, providers } from "../../plugins/connections/providers.ts";
import { tryConnection } from "../../plugins/connections/try-connection.ts";
import { createVault } from "../../plugins/connections/vault.ts";
import { Terminal } from "../terminal.ts";
import { type Common, settingsOf } from "../with-host.ts";
import { untilInputEnds } from "../until-input-ends.ts";

export interface ConnectOptions extends Common {
  url?: string;
  model?: string[];
  keyEnv?: string;
  keyStdin?: boolean;
  test: boolean;
  remove?: boolean;
}

/** `orrery connect`: asks for what is missing, tries it, and remembers it only when it worked. */
export async function connectProvider(options: ConnectOptions, provider: string): Promise<number> {
  const terminal = new Terminal(options);
  const home = openHome(settingsOf(options).home);
  const vault = createVault(home, process.env);
  if (options.remove) {
    const known = disconnect({ home, vault }, provider);
    if (!known)
      throw new OrreryError("CONNECTION_UNKNOWN", `"${provider}" was not connected here`, { todo: "`orrery models` shows where each model comes from." });
    terminal.object({ provider, removed: true });
    terminal.line(`${accessOf(provider).title} is forgotten, its key too.`);
    return 0;
  }
  const access = accessOf(provider);
  const baseUrl = options.url ?? (await ask(terminal, access.baseUrl === undefined, "Address of its API (as http://127.0.0.1:8080/v1)", false));
  const address = baseUrl ?? access.baseUrl;
  if (!address || !URL.canParse(address)) {
    throw new OrreryError("CONNECTION_INVALID", `"${provider}" ${address ? `cannot be reached at "${address}"` : "has no known address"}`, {
      todo: `Known: ${Object.keys(providers).join(", ")}. For a host of your own: orrery connect NAME --url http://…/v1`,
    });
  }
  const known = vault.key(provider);
  const needed = !known && !access.local && !isLoopback(address);
  const key = (await keyOf(options)) ?? (await ask(terminal, needed, `Key for ${access.title}`, true));
  if (needed && !key) {
    throw new OrreryError("CREDENTIAL_MISSING", `${access.title} needs a key`, {
      todo: access.keyVariable ? `Set ${access.keyVariable}, or give one with --key-stdin or --key-env.` : "Give one with --key-stdin or --key-env.",
    });
  }
  const used = key ?? known?.value;
  const found = options.test ? await tryConnection(provider, address, used) : undefined;
  connect({ home, vault }, { provider, ...(baseUrl ? { baseUrl } : {}), ...(key ? { key } : {}), ...(options.model ? { models: options.model } : {}) });
  terminal.object({ provider, address, tested: options.test, models: found ?? [], keyFrom: key ? "config" : (known?.source ?? null) });
  const tested =
    found === undefined ? "not tried" : found.length > 0 ? `it answers and has ${found.length} models, as ${found.slice(0, 3).join(", ")}` : "it answers";
  terminal.line(`${access.title} at ${address} is connected: ${tested}. \`orrery models\` lists what can be used.`);
  return 0;
}

async function keyOf(options: ConnectOptions): Promise<string | undefined> {
  if (options.keyEnv) {
    const value = process.env[options.keyEnv]?.trim();
    if (!value) throw new OrreryError("CREDENTIAL_MISSING", `the environment variable ${options.keyEnv} is empty`, { todo: "Set it, or name another." });
    return value;
  }
  if (!options.keyStdin) return undefined;
  let text = "";
  for await (const chunk of process.stdin) text += String(chunk);
  if (text.trim() === "")
    throw new OrreryError("CREDENTIAL_MISSING", "no key came on standard input", { todo: "Pipe it in, as: orrery connect openai --key-stdin < key.txt" });
  return text.trim();
}

async function ask(terminal: Terminal, needed: boolean, message: string, secret: boolean): Promise<string | undefined> {
  if (!needed || !terminal.interactive) return undefined;
  const { isCancel, password, text } = await import("@clack/prompts");
  const answer = await untilInputEnds((signal) => (secret ? password({ message, signal }) : text({ message, signal })));
  if (isCancel(answer)) throw new OrreryError("CANCELLED", "nothing was changed", { todo: "Run the command again when you have what it asks for." });
  return answer?.trim() || undefined;
}
