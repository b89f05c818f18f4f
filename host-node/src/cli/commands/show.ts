import { needRun } from "../../client/need-run.ts";
import { seconds, table } from "../format.ts";
import { showReport } from "../summary.ts";
import { oneLine } from "../terminal.ts";
import { type Common, withHost } from "../with-host.ts";

/** `orrery run show`: everything kept of a run, read from the journal. Exits 0 however the run itself ended. */
export function show(options: Common & { trace?: boolean }, id: string): Promise<number> {
  return withHost(options, async ({ client, terminal }) => {
    const report = await needRun(client, id);
    const spans = options.trace ? await client.trace(id) : undefined;
    terminal.object(spans ? { ...report, trace: spans } : report);
    terminal.line(`${terminal.colours.bold(report.runId)}  ${new Date(report.startedAt).toISOString()}`);
    terminal.line(oneLine(report.task, 400));
    for (const { path, sentences } of report.documents.read) terminal.line(terminal.colours.dim(`read     ${path} (${sentences})`));
    for (const { path, reason } of report.documents.skipped) terminal.line(terminal.colours.dim(`skipped  ${oneLine(path)}: ${oneLine(reason, 200)}`));
    showReport(terminal, report);
    if (!spans) return 0;
    terminal.line();
    const depth = new Map<string, number>();
    const rows = spans.map((span) => {
      const level = span.parent === undefined ? 0 : (depth.get(span.parent) ?? 0) + 1;
      depth.set(span.id, level);
      return [`${Math.round(span.startMs)} ms`, seconds(span.endMs - span.startMs), span.status, `${"  ".repeat(level)}${oneLine(span.name, 80)}`];
    });
    for (const line of table(rows)) terminal.line(line);
    return 0;
  });
}
