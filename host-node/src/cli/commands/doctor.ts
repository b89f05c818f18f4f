import { OrreryError } from "@orrery/sdk";
import { checks, type Finding } from "../../doctor.ts";
import { openHome } from "../../home.ts";
import { Terminal } from "../terminal.ts";
import { failureOf } from "../failure.ts";
import { type Common, settingsOf } from "../with-host.ts";

/** `orrery doctor`: every check, whatever the others found. Exits 1 when something is broken. */
export async function doctor(options: Common): Promise<number> {
  const terminal = new Terminal(options);
  const found: Finding[] = [];
  const say = (finding: Finding) => {
    found.push(finding);
    const { green, yellow, red } = terminal.colours;
    const word = { ok: green("ok   "), warning: yellow("note "), broken: red("wrong") }[finding.state];
    terminal.line(`${word}  ${finding.what}: ${finding.found}`);
    if (finding.do) terminal.line(`       ${finding.do}`);
  };
  try {
    const { home, settings } = settingsOf(options);
    openHome(home);
    for (const check of checks) for (const finding of await check({ home, settings })) say(finding);
  } catch (error) {
    const { code, message, do: todo } = failureOf(error);
    say({ what: error instanceof OrreryError ? "settings" : "this check", state: "broken", found: `${code} ${message}`, ...(todo ? { do: todo } : {}) });
  }
  const broken = found.filter(({ state }) => state === "broken").length;
  terminal.object({ ok: broken === 0, findings: found });
  terminal.line(broken === 0 ? "Nothing is wrong." : `${broken} of ${found.length} checks found something wrong.`);
  return broken === 0 ? 0 : 1;
}
