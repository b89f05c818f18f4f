import { resolve } from "node:path";
import { OrreryError } from "@orrery/sdk";
import type { AttachedHost } from "../../authoring/attached-host.ts";
import type { DevNews } from "../../authoring/dev-news.ts";
import { watchSource } from "../../authoring/watch-source.ts";
import { locateHome } from "../../home.ts";
import { readServer } from "../../server/server-address.ts";
import { oneLine, Terminal } from "../terminal.ts";
import type { Common } from "../with-host.ts";
import { stopped } from "../with-server.ts";

interface DevOptions extends Common {
  attach?: boolean;
  task?: string;
  run?: boolean;
  once?: boolean;
  deny?: string[];
}

/**
 * `orrery plugin dev`: the plugin in its sandbox, in a host of its own or in the server that runs, loaded anew at each change, with what it did there.
 * In a host of its own a task is run after each load; a server has its own runs, and is given one only when it is named.
 */
export async function dev(options: DevOptions, dir: string): Promise<number> {
  const terminal = new Terminal(options);
  const path = resolve(dir || ".");
  const deny = options.deny ?? [];
  const tell = options.json ? (news: DevNews) => void process.stdout.write(`${JSON.stringify(news)}\n`) : teller(terminal);
  const [{ DevSession }, { nodePlatform }] = await Promise.all([import("../../authoring/dev-session.ts"), import("../../platform.ts")]);
  const attached: { host?: AttachedHost } = {};
  const session = await DevSession.open({
    path,
    clock: nodePlatform().clock,
    tell,
    async open(hear) {
      if (!options.attach) return (await import("../../authoring/own-host.ts")).openOwnHost(options, deny, hear);
      attached.host = await (await import("../../authoring/attached-host.ts")).attachTo(locateHome(options.home), deny, hear);
      return attached.host;
    },
  });
  const runsTask = options.run !== false && (!options.attach || options.task !== undefined);
  const turn = async (changed?: number): Promise<boolean> => {
    try {
      const loaded = await session.load(changed);
      if (loaded && runsTask) await session.run(options.task);
      return loaded;
    } catch (thrown) {
      // What is there by then is loaded when the server is back.
      if (options.once || !(thrown instanceof OrreryError) || thrown.code !== "SERVER_GONE") throw thrown;
      return false;
    }
  };
  const place = (): string => {
    if (attached.host) return `; it is in the runs of ${attached.host.origin}`;
    const server = readServer(locateHome(options.home).server);
    return server ? `; --attach loads it into the server at ${server.origin}` : "";
  };
  try {
    if (options.once) return (await turn()) ? 0 : 1;
    let first: Promise<boolean> | undefined;
    // From before the first turn: what is saved while it runs is a change like any other.
    const watch = await watchSource(path, async (at) => {
      await first;
      await turn(at);
    });
    try {
      first = turn();
      await first;
      terminal.line(terminal.colours.dim(`watching ${path}${place()}; Ctrl+C ends it`));
      const stop = new AbortController();
      const asked = stopped().then(() => stop.abort());
      await (attached.host ? keepAttached(attached.host, { tell, turn, asked, signal: stop.signal }) : asked);
    } finally {
      await watch.close();
    }
    return 0;
  } finally {
    await session.close();
  }
}

/** Waits for a server that goes, and loads into the one that comes, until it is told to stop. Throws SERVER_GONE when there is none by then. */
async function keepAttached(
  host: AttachedHost,
  { tell, turn, asked, signal }: { tell(news: DevNews): void; turn(): Promise<boolean>; readonly asked: Promise<void>; readonly signal: AbortSignal },
): Promise<void> {
  for (;;) {
    await Promise.race([host.lost, asked]);
    if (signal.aborted) return;
    const { origin } = host;
    tell({ is: "lost", origin });
    await host.again(signal).catch((cause: unknown) => {
      throw new OrreryError("SERVER_GONE", `the server at ${origin} is gone, and none came in its place`, {
        todo: "Start it (orrery serve), and this command.",
        cause,
      });
    });
    tell({ is: "back", origin: host.origin });
    await turn();
  }
}

const told = (what: string, names: readonly string[]): string => (names.length > 0 ? `; ${what}: ${names.join(", ")}` : "");

/** News as lines. What fires often is said three times, then left to the count. */
function teller(terminal: Terminal): (news: DevNews) => void {
  const { green, red, yellow, dim, bold } = terminal.colours;
  const fired = new Map<string, number>();
  return (news) => {
    switch (news.is) {
      case "loaded":
        fired.clear();
        return terminal.line(
          `${green((news.again ? "reloaded" : "loaded").padEnd(8))} ${bold(news.id)} ${news.version} in ${Math.round(news.ms)} ms, taps ${news.hooks.join(", ") || "nothing"}`,
        );
      case "broken":
        for (const [i, line] of news.message.split("\n").entries()) terminal.line(`${red(i === 0 ? news.code : " ".repeat(news.code.length))} ${line}`);
        if (news.do) terminal.line(dim(`         ${news.do}`));
        return news.kept ? terminal.line(dim("         the one loaded before goes on")) : undefined;
      case "warning":
        return terminal.line(`${yellow("warning")}  ${news.message}`);
      case "fired": {
        const times = (fired.get(news.hook) ?? 0) + 1;
        fired.set(news.hook, times);
        if (times > 3 && news.outcome !== "error") return undefined;
        const more = times === 3 ? " (and so on)" : "";
        const since = news.sinceMs === undefined ? "" : `, ${Math.round(news.sinceMs)} ms after the change`;
        return terminal.line(
          `${dim("fired")}    ${news.hook} ${news.outcome}${news.code ? ` ${red(news.code)}` : ""} ${dim(`${news.ms.toFixed(1)} ms${since}${more}`)}`,
        );
      }
      case "fault":
        return terminal.line(`${red("fault")}    ${news.at}: ${oneLine(news.message, 300)}`);
      case "denied":
        return terminal.line(`${yellow("denied")}   ${news.capability}`);
      case "stopped":
        return terminal.line(`${red("ended")}    ${news.code}: ${oneLine(news.message, 300)}`);
      case "ran": {
        const { task, status, used, unused, denied } = news;
        return terminal.line(
          `${dim("ran")}      ${task === undefined ? "the example" : oneLine(task, 80)}: ${status}${told("used", used)}${told("asked for and not used", unused)}${told("denied", denied)}`,
        );
      }
      case "lost":
        return terminal.line(`${yellow("waiting")}  the server at ${news.origin} is gone: the plugin is loaded again when one is there; Ctrl+C ends it`);
      case "back":
        return terminal.line(`${green("back")}     there is a server at ${news.origin}`);
      case "logged":
        return terminal.line(`${dim(news.level.padEnd(8))} ${oneLine(news.message, 300)}`);
    }
  };
}

/** `orrery plugin test`: the tests beside the plugin, unchanged, in each realm that is here. */
export async function test(options: Common & { realm?: string[] }, dir: string): Promise<number> {
  const terminal = new Terminal(options);
  const { realms, runAuthorTests } = await import("../../authoring/run-tests.ts");
  const named = (options.realm ?? []).map((name) => {
    const realm = realms.find((each) => each === name);
    if (realm === undefined) throw new OrreryError("REALM_UNKNOWN", `"${name}" is no realm`, { todo: `There are: ${realms.join(", ")}.` });
    return realm;
  });
  const stop = new AbortController();
  void stopped().then(() => stop.abort());
  const results = await runAuthorTests(resolve(dir || "."), named, stop.signal).catch((thrown: unknown) => {
    if (!stop.signal.aborted) throw thrown;
  });
  // As a shell counts what was interrupted.
  if (!results) return 130;
  terminal.object({ results });
  const names = { kernel: "in the kernel's realm", sandbox: "in the sandbox of Node", tab: "in the sandbox of a tab" };
  for (const { realm, passed, failed, claims, skipped, output } of results) {
    const bad = failed + claims.broken > 0;
    const own = passed + failed === 0 ? "no tests of its own" : `${passed} passed${failed > 0 ? `, ${failed} failed` : ""}`;
    const general = claims.broken > 0 ? `${claims.broken} of ${claims.held + claims.broken} general claims do not hold` : `${claims.held} general claims hold`;
    const paint = skipped !== undefined ? terminal.colours.yellow : bad ? terminal.colours.red : terminal.colours.green;
    terminal.line(`${names[realm].padEnd(24)} ${paint(skipped === undefined ? `${own}; ${general}` : `skipped: ${skipped}`)}`);
    if (output !== undefined && !terminal.json) terminal.note(output);
  }
  return results.some(({ failed, claims }) => failed + claims.broken > 0) ? 1 : 0;
}
