import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Log, OrreryError } from "@orrery/sdk";
import type { DevNews } from "../../authoring/dev-session.ts";
import { watchSource } from "../../authoring/watch-source.ts";
import { locateHome } from "../../home.ts";
import { oneLine, Terminal } from "../terminal.ts";
import { type Common, settingsOf } from "../with-host.ts";
import { stopped } from "../with-server.ts";

interface DevOptions extends Common {
  task?: string;
  run?: boolean;
  once?: boolean;
  deny?: string[];
}

/** `orrery plugin dev`: a host of its own, the plugin in its sandbox there, loaded anew at each change, a task run with it, and what it did. */
export async function dev(options: DevOptions, dir: string): Promise<number> {
  const terminal = new Terminal(options);
  const path = resolve(dir || ".");
  // Its runs are nobody's record: unless a home is named they go with it.
  const place = options.home === undefined ? await mkdtemp(join(tmpdir(), "orrery-dev-")) : undefined;
  const home = locateHome(place ?? options.home);
  const [{ boot }, { HostClient }, { DevSession }, { nodeSandboxEngine }, { nodePlatform }] = await Promise.all([
    import("../../boot.ts"),
    import("../../client/host-client.ts"),
    import("../../authoring/dev-session.ts"),
    import("../../sandbox/node-engine.ts"),
    import("../../platform.ts"),
  ]);
  const show = options.json ? (news: DevNews) => void process.stdout.write(`${JSON.stringify(news)}\n`) : teller(terminal);
  const heard: { session?: InstanceType<typeof DevSession> } = {};
  const level = (name: string) => (message: string, data?: unknown) => heard.session?.logged(name, message, data);
  const log: Log = { debug: level("debug"), info: level("info"), warn: level("warn"), error: level("error") };
  const { settings } = settingsOf(options, {});
  const host = await boot({ home, settings: { ...settings, sandboxed: [] }, log });
  const engine = nodeSandboxEngine();
  const session = new DevSession({ path, kernel: host.kernel, engine, clock: nodePlatform().clock, deny: options.deny ?? [], tell: show });
  heard.session = session;
  const client = new HostClient(host, 0);
  const turn = async (): Promise<boolean> => {
    const loaded = await session.load();
    if (!loaded || options.run === false) return loaded;
    const { runId } = await (options.task ? client.submit({ task: options.task }) : client.example());
    const { status } = await client.wait(runId);
    const { granted = [], denied = [], used = [] } = session.report()?.capabilities ?? {};
    const idle = granted.filter((capability) => !used.includes(capability));
    if (options.json) process.stdout.write(`${JSON.stringify({ is: "ran", run: runId, status, used, unused: idle, denied })}\n`);
    else
      terminal.line(
        `${terminal.colours.dim("ran")}      ${options.task ? oneLine(options.task, 80) : "the example"}: ${status}${told("used", used)}${told("asked for and not used", idle)}${told("denied", denied)}`,
      );
    return loaded;
  };
  try {
    if (options.once) return (await turn()) ? 0 : 1;
    let first: Promise<boolean> | undefined;
    // From before the first turn: what is saved while it runs is a change like any other.
    const watch = await watchSource(path, async () => {
      await first;
      await turn();
    });
    first = turn();
    await first;
    terminal.line(terminal.colours.dim(`watching ${path}; Ctrl+C ends it`));
    await stopped();
    await watch.close();
    return 0;
  } finally {
    await session.close();
    await host.close();
    await engine.close();
    if (place) await rm(place, { recursive: true, force: true });
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
          `${green(news.again ? "reloaded" : "loaded")}   ${bold(news.id)} ${news.version} in ${Math.round(news.ms)} ms, taps ${news.hooks.join(", ") || "nothing"}`,
        );
      case "broken":
        for (const [i, line] of news.message.split("\n").entries()) terminal.line(`${red(i === 0 ? news.code : " ".repeat(news.code.length))} ${line}`);
        return news.kept ? terminal.line(dim("         the one loaded before goes on")) : undefined;
      case "warning":
        return terminal.line(`${yellow("warning")}  ${news.message}`);
      case "fired": {
        const times = (fired.get(news.hook) ?? 0) + 1;
        fired.set(news.hook, times);
        if (times > 3 && news.outcome !== "error") return undefined;
        const more = times === 3 ? dim(" (and so on)") : "";
        return terminal.line(
          `${dim("fired")}    ${news.hook} ${news.outcome} ${dim(`${news.ms.toFixed(1)} ms`)}${news.code ? ` ${red(news.code)}` : ""}${more}`,
        );
      }
      case "fault":
        return terminal.line(`${red("fault")}    ${news.at}: ${oneLine(news.message, 300)}`);
      case "denied":
        return terminal.line(`${yellow("denied")}   ${news.capability}`);
      case "stopped":
        return terminal.line(`${red("ended")}    ${news.code}: ${oneLine(news.message, 300)}`);
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
  const results = await runAuthorTests(resolve(dir || "."), named);
  terminal.object({ results });
  const names = { kernel: "in the kernel's realm", sandbox: "in the sandbox of Node", tab: "in the sandbox of a tab" };
  for (const { realm, passed, failed, skipped, output } of results) {
    const what = skipped === undefined ? `${passed} passed${failed > 0 ? `, ${failed} failed` : ""}` : `skipped: ${skipped}`;
    const paint = skipped !== undefined ? terminal.colours.yellow : failed > 0 ? terminal.colours.red : terminal.colours.green;
    terminal.line(`${names[realm].padEnd(24)} ${paint(what)}`);
    if (output !== undefined && !terminal.json) terminal.note(output);
  }
  return results.some(({ failed, passed, skipped }) => failed > 0 || (passed === 0 && skipped === undefined)) ? 1 : 0;
}
