import { Journal, type RunVerified } from "@orrery/sdk";
import { needRun } from "../../client/need-run.ts";
import { count } from "../format.ts";
import { oneLine, type Terminal } from "../terminal.ts";
import { type Common, withHost } from "../with-host.ts";

/** `orrery verify`: recomputes the hash chain of a run, or of all, and the hashes of their files, and names what does not hold. */
export function verify(options: Common & { all?: boolean }, runId = ""): Promise<number> {
  return withHost(options, async ({ client, host, terminal }) => {
    const journal = host.need(Journal);
    if (runId !== "") await needRun(client, runId);
    const runs = runId !== "" ? [runId] : (await journal.runs({ limit: 1_000_000 })).map(({ run }) => run);
    const checked: Checked[] = [];
    for (const run of runs) {
      const verified = await client.verifyRun(run);
      const [broken] = verified.brokenAt === undefined ? [] : await journal.read(run, verified.brokenAt, 1).catch(() => []);
      checked.push({ ...verified, ...(broken ? { type: broken.type } : {}) });
    }
    const ok = checked.every((each) => each.ok);
    terminal.object({ ok, runs: checked });
    for (const each of checked) tellBroken(terminal, each);
    if (ok) tellWhole(terminal, checked);
    return ok ? 0 : 1;
  });
}

type Checked = RunVerified & { type?: string };

function tellBroken(terminal: Terminal, { run, brokenAt, type, changed }: Checked): void {
  const broken = terminal.colours.red("broken");
  if (brokenAt !== undefined)
    terminal.line(`${broken} ${run}: entry ${brokenAt}${type ? ` (${type})` : ""} is not what was written there, or the ones after it are gone.`);
  for (const { path, version, expected, found } of changed) {
    const now = found === undefined ? "it is gone" : `found ${found}`;
    terminal.line(`${broken} ${run}: ${oneLine(path, 240)}, version ${version}, is not what was written there: expected SHA-256 ${expected}, ${now}.`);
  }
}

function tellWhole(terminal: Terminal, checked: readonly RunVerified[]): void {
  const sum = (of: (each: RunVerified) => number) => checked.reduce((total, each) => total + of(each), 0);
  const chains = checked.length === 1 ? "The chain holds" : `The chains of ${checked.length} runs hold`;
  const held = sum((each) => each.held);
  terminal.line(`${chains}, ${sum(({ events }) => events)} entries${held > 0 ? `; ${count(held, "file")} as written` : ""}.`);
  for (const { run, unheld } of checked)
    for (const { path, version, why } of unheld) terminal.line(`${terminal.colours.yellow("unheld")} ${run}: ${oneLine(path, 240)}, version ${version}: ${why}.`);
}
