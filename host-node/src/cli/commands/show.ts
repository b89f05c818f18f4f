import { type Span, spanLabel, spanMs } from "@orrery/sdk";
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
    for (const { id: agent, model, why } of report.agents) if (model) terminal.line(`${agent} → ${model}: ${oneLine(why, 200)}`);
    showReport(terminal, report);
    if (!spans) return 0;
    terminal.line();
    const rows = asTree(spans).map(({ span, level }) => [
      span.kind === "hook" ? "in all" : `${Math.round(span.startMs)} ms`,
      seconds(spanMs(span)),
      span.status,
      `${"  ".repeat(level)}${oneLine(spanLabel(span), 80)}${askedIn(span)}`,
    ]);
    for (const line of table(rows)) terminal.line(line);
    return 0;
  });
}

/** What a step was asked to do beside, or in place of, the task. */
function askedIn({ kind, attributes: { task, instruction, guidance } }: Span): string {
  const asked = kind === "step" ? [instruction, task, guidance].find((text) => text !== undefined) : undefined;
  return asked === undefined ? "" : `  asked: ${oneLine(String(asked), 100)}`;
}

/** Each span under its parent, in order of start. */
function asTree(spans: readonly Span[]): { span: Span; level: number }[] {
  const children = new Map<string | undefined, Span[]>();
  for (const span of spans) {
    const siblings = children.get(span.parent);
    if (siblings) siblings.push(span);
    else children.set(span.parent, [span]);
  }
  const below = (parent: string | undefined, level: number): { span: Span; level: number }[] =>
    (children.get(parent) ?? []).flatMap((span) => [{ span, level }, ...below(span.id, level + 1)]);
  return below(undefined, 0);
}
