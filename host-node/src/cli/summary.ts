import type { Json, ModelInfo, RunReport } from "@orrery/sdk";
import { count, dollars, seconds, table } from "./format.ts";
import { printable } from "../printable.ts";
import { oneLine, type Terminal } from "./terminal.ts";

/** The report, what it cost, how it was judged, and where the rest is. */
export function showReport(terminal: Terminal, report: RunReport): void {
  const { bold, dim, green, yellow, red } = terminal.colours;
  const paint = report.status === "accepted" ? green : report.status === "failed" || report.status === "over_budget" ? red : yellow;
  if (report.output) {
    terminal.line();
    terminal.line(printable(report.output));
  }
  terminal.line();
  terminal.line(`${paint(bold(report.status))}  ${report.reasons.map((reason) => oneLine(reason, 300)).join("; ")}`);
  if (report.error) {
    terminal.line(`${red(report.error.code)}${report.error.plugin ? ` in ${report.error.plugin}` : ""}  ${oneLine(report.error.message, 500)}`);
    if (report.error.do) terminal.line(report.error.do);
  }
  const { cost, topology, estimate } = report;
  for (const line of estimate ? beside(report, estimate) : []) terminal.line(dim(line));
  const rows = [
    [
      "cost",
      `${dollars(cost.microUsd)} for ${count(cost.calls, "call")}, ${count(cost.inputTokens + cost.outputTokens, "token")}, in ${seconds(report.durationMs)}`,
    ],
    ["team", report.agents.map(({ id, calls, microUsd }) => `${id} ${calls}× ${dollars(microUsd)}`).join(", ")],
    ["topology", topology.id && `${topology.id}: ${topology.observedCalls} of ${topology.predictedCalls} expected calls`],
    [
      "how",
      Object.entries(topology.facts ?? {})
        .map(([name, fact]) => `${name} ${oneLine(plainly(fact), 120)}`)
        .join(", "),
    ],
    ["failed", topology.failures.map(({ agent, message }) => `${agent}: ${oneLine(message, 120)}`).join("; ")],
    ["verdicts", report.verdicts.map(({ judge, score, decision }) => `${judge} ${score.toFixed(2)} ${decision}`).join(", ")],
    ["memory", memoryLine(report)],
    ["trace", `orrery run show ${report.runId} --trace`],
    ["go on", `orrery run "…" --thread ${report.thread}`],
  ].filter(([, text]) => text);
  for (const line of table(rows.map(([label = "", text = ""]) => [label, text]))) terminal.line(dim(line));
}

/** What was predicted before the run, and what was observed: a column each. */
function beside({ topology, cost }: RunReport, { inputTokens, outputTokens, microUsd }: NonNullable<RunReport["estimate"]>): string[] {
  const { min, expected, max } = topology.predicted;
  const whole = (n: number) => n.toLocaleString("en-US");
  return table([
    ["", "agents' calls", "tokens in", "tokens out", "money"],
    [
      "predicted",
      min === max ? whole(expected) : `${whole(expected)} (${whole(min)} to ${whole(max)})`,
      whole(inputTokens),
      whole(outputTokens),
      microUsd === null ? "unknown" : dollars(microUsd),
    ],
    ["observed", whole(topology.observedCalls), whole(cost.inputTokens), whole(cost.outputTokens), dollars(cost.microUsd)],
  ]);
}

/** A fact in words: the members of a structured one after their names. */
function plainly(fact: Json | undefined): string {
  if (fact === null || typeof fact !== "object") return String(fact ?? "");
  if (Array.isArray(fact)) return fact.map(plainly).join(" and ");
  return `(${Object.entries(fact)
    .map(([name, value]) => `${name} ${plainly(value)}`)
    .join(", ")})`;
}

/** After a run that selected sentences and wrote none: how to have a model do the same work, in one line. */
export function offerModel(terminal: Terminal, report: RunReport, models: readonly ModelInfo[]): void {
  const used = new Set(report.agents.map(({ model }) => model).filter(Boolean));
  const extractive = [...used].every((id) => models.find((model) => model.id === id)?.kind === "extractive");
  if (used.size === 0 || !extractive) return;
  const able = models.find(({ kind, state }) => kind === "generative" && (state === "connected" || state === "found" || state === "embedded"));
  const how = able
    ? `orrery run --again ${report.runId} --model ${able.id}`
    : `orrery connect ollama (or openai, anthropic, google), then orrery run --again ${report.runId} --model PROVIDER/MODEL`;
  terminal.line(`These sentences were selected, not written. To run this team on a model, side by side: ${how}`);
}

/** Two runs of one task beside each other. */
export function showSideBySide(terminal: Terminal, before: RunReport, after: RunReport): void {
  const score = ({ verdicts }: RunReport) => {
    const given = verdicts.filter(({ decision }) => decision !== "abstain");
    return given.length === 0 ? "not judged" : (given.reduce((sum, verdict) => sum + verdict.score, 0) / given.length).toFixed(2);
  };
  const models = ({ agents }: RunReport) => [...new Set(agents.map(({ model }) => model).filter(Boolean))].join(", ") || "none";
  const words = ({ output }: RunReport) => String(output.split(/\s+/).filter(Boolean).length);
  terminal.line();
  for (const line of table([
    ["", before.runId, after.runId],
    ["models", models(before), models(after)],
    ["status", before.status, after.status],
    ["score", score(before), score(after)],
    ["cost", dollars(before.cost.microUsd), dollars(after.cost.microUsd)],
    ["calls", String(before.cost.calls), String(after.cost.calls)],
    ["time", seconds(before.durationMs), seconds(after.durationMs)],
    ["words", words(before), words(after)],
  ]))
    terminal.line(line);
}

/** What the workspace remembered, with who used it; of what agents remember themselves only who was reminded of something. */
function memoryLine({ memory: { recalled } }: RunReport): string {
  const shared = recalled.filter(({ agent }) => agent === undefined);
  const reminded = [...new Set(recalled.flatMap(({ agent }) => agent ?? []))];
  return [
    ...shared.map(({ task, usedBy }) => `"${oneLine(task, 60)}" ${usedBy.length > 0 ? `used by ${usedBy.join(", ")}` : "recalled, not used"}`),
    ...(reminded.length > 0 ? [`${reminded.join(", ")} reminded of what they said in earlier tasks`] : []),
  ].join("; ");
}
