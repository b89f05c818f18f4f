import { Journal } from "@orrery/sdk";
import { needRun } from "../../client/need-run.ts";
import { type Common, withHost } from "../with-host.ts";

/** `orrery verify`: recomputes the hash chain of a run, or of all, and names the first entry that does not hold. */
export function verify(options: Common & { all?: boolean }, runId = ""): Promise<number> {
  return withHost(options, async ({ client, host, terminal }) => {
    const journal = host.need(Journal);
    if (runId !== "") await needRun(client, runId);
    const runs = runId !== "" ? [runId] : (await journal.runs({ limit: 1_000_000 })).map(({ run }) => run);
    const checked = [];
    for (const run of runs) {
      const { ok, events, brokenAt } = await journal.verify(run);
      const [broken] = brokenAt === undefined ? [] : await journal.read(run, brokenAt, 1).catch(() => []);
      checked.push({ run, ok, events, ...(brokenAt === undefined ? {} : { brokenAt }), ...(broken ? { type: broken.type } : {}) });
    }
    const bad = checked.filter(({ ok }) => !ok);
    terminal.object({ ok: bad.length === 0, runs: checked });
    for (const { run, brokenAt, type } of bad)
      terminal.line(
        `${terminal.colours.red("broken")} ${run}: entry ${brokenAt}${type ? ` (${type})` : ""} is not what was written there, or the ones after it are gone.`,
      );
    if (bad.length === 0)
      terminal.line(
        `The ${checked.length === 1 ? "chain holds" : `chains of ${checked.length} runs hold`}, ${checked.reduce((sum, { events }) => sum + events, 0)} entries.`,
      );
    return bad.length === 0 ? 0 : 1;
  });
}
