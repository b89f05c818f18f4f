import type { RunReport } from "@orrery/sdk";
import { CircleAlert, Download, FileWarning } from "lucide-react";
import { Link } from "@tanstack/react-router";
import { useFault } from "../client/queries.ts";
import { Button, buttonClass } from "../ui/Button.tsx";
import { percent, plural } from "../ui/format.ts";
import { Notice } from "../ui/States.tsx";
import { Status } from "../ui/Status.tsx";
import { Markdown } from "./Markdown.tsx";
import { meanScore } from "./agent-view.ts";
import type { RunView } from "./run-view.ts";

function FaultWords({ fault: { message, code, do: todo } }: { fault: NonNullable<RunReport["error"]> }) {
  return (
    <>
      <p className="break-words">{message}</p>
      {todo ? <p>{todo}</p> : null}
      <p className="font-mono text-12">{code}</p>
      {code === "STORAGE_FULL" ? (
        <Link to="/observe/kept" className={buttonClass()}>
          What is kept
        </Link>
      ) : null}
    </>
  );
}

/** What came out: the report and how it was judged; while it runs, what is being written now. */
export function Outcome({ view, status, onCite, onResume }: { view: RunView; status: string; onCite(citation: string): void; onResume(): void }) {
  const { finished, stalled } = view;
  const stands = status === "waiting" || status === "paused";
  const fault = useFault(view.run, stands || status === "interrupted", stands).data;
  const settled = view.steps.filter(({ result }) => result).length;
  const writing = view.steps.findLast(({ state, text }) => state === "running" && text !== "");
  return (
    <>
      {status === "interrupted" ? (
        <Notice icon={CircleAlert} title="This run was interrupted" tone="warn">
          {fault ? <FaultWords fault={fault} /> : null}
          <p>
            {fault ? null : "The tab or server that ran it is gone. "}
            {plural(settled, "step")} had settled: they are kept, and neither asked nor paid for again when it is resumed.
          </p>
          <Button onClick={onResume}>Resume</Button>
        </Notice>
      ) : null}
      {stands && fault && !stalled ? (
        <Notice
          icon={CircleAlert}
          title={status === "paused" ? "This run was interrupted while it is paused" : "This run was interrupted while it waits"}
          tone="warn"
        >
          <FaultWords fault={fault} />
          <p>
            {plural(settled, "step")} had settled: they are kept, and neither asked nor paid for again.{" "}
            {status === "paused" ? "It goes on once it is resumed." : "It goes on, and still asks, when it is resumed or decided."}
          </p>
          {status === "paused" ? null : <Button onClick={onResume}>Resume</Button>}
        </Notice>
      ) : null}
      {!finished && stalled ? (
        <Notice icon={CircleAlert} title="This run cannot go on for now" tone="warn">
          <p className="break-words">{stalled.message}</p>
          {stalled.do ? <p>{stalled.do}</p> : null}
          <p className="font-mono text-12">{stalled.code}</p>
        </Notice>
      ) : null}
      {finished?.error ? (
        <Notice
          icon={CircleAlert}
          title={status === "over_budget" ? "It stopped before it would have passed its budget" : status === "cancelled" ? "It was cancelled" : "It failed"}
          tone={status === "failed" ? "error" : "warn"}
        >
          <p className="break-words">{finished.error.message}</p>
          {finished.error.do ? <p>{finished.error.do}</p> : null}
          <p className="font-mono text-12">
            {finished.error.code}
            {finished.error.plugin ? ` · ${finished.error.plugin}` : ""}
          </p>
        </Notice>
      ) : null}
      {finished && finished.output !== "" ? (
        <section aria-labelledby="report" className="rounded-12 border border-line bg-surface">
          <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-5 py-2">
            <h2 id="report" className="text-13 font-semibold">
              {status === "accepted" ? "Report" : "Report, not accepted"}
            </h2>
            <Button look="quiet" size="small" onClick={() => save(finished.output, view.run)}>
              <Download aria-hidden className="size-3.5" strokeWidth={1.75} />
              Save as Markdown
            </Button>
          </div>
          <div className="px-5 py-5">
            <Markdown text={withoutTitle(finished.output, view.task?.text)} onCite={onCite} />
          </div>
          <Verdicts view={view} />
        </section>
      ) : null}
      {!finished && writing ? (
        <section aria-label="Being written" aria-busy className="rounded-12 border border-line bg-surface">
          <div className="flex items-center justify-between border-b border-line px-5 py-2 text-13">
            <h2 className="font-semibold">{writing.agent}</h2>
            <Status state="running" />
          </div>
          <div className="px-5 py-4">
            <Markdown text={writing.text} onCite={onCite} />
          </div>
        </section>
      ) : null}
      {view.documents && view.documents.skipped.length > 0 ? (
        <section aria-labelledby="skipped" className="flex flex-col gap-2 rounded-12 border border-line bg-surface px-5 py-4">
          <h2 id="skipped" className="flex items-center gap-2 text-13 font-semibold">
            <FileWarning aria-hidden className="size-4 text-warn" strokeWidth={1.75} /> Not read
          </h2>
          <ul className="flex flex-col gap-1 text-13">
            {view.documents.skipped.map(({ path, reason }) => (
              <li key={path} className="break-words">
                <span className="font-medium">{path}</span> <span className="text-muted">{reason}</span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {/* One announcement a finished message, not one a token. */}
      <p className="sr-only" role="status">
        {finished ? `The run is ${status.replace("_", " ")}.` : ""}
      </p>
    </>
  );
}

/** The page's title says the task already; a report that begins with the same words need not. */
function withoutTitle(output: string, task: string | undefined): string {
  const [first = "", ...rest] = output.split("\n");
  return task !== undefined && first.replace(/^#+\s*/, "").trim() === task.trim() ? rest.join("\n").trimStart() : output;
}

function Verdicts({ view }: { view: RunView }) {
  const judged = view.judged;
  if (!judged) return null;
  const mean = meanScore(judged.verdicts);
  return (
    <div className="flex flex-col gap-2 border-t border-line px-5 py-4 text-13">
      <h3 className="font-semibold">Judged{mean === undefined ? "" : ` ${percent(mean)}`}</h3>
      <ul className="flex flex-col gap-1.5">
        {judged.verdicts.map((verdict, i) => (
          <li key={`${verdict.judge}${i}`} className="grid gap-x-3 sm:grid-cols-[minmax(9rem,auto)_4rem_1fr]">
            <span className="truncate text-muted">{verdict.judge}</span>
            <span className={verdict.decision === "accept" ? "text-ok" : verdict.decision === "reject" ? "text-error" : "text-subtle"}>
              {verdict.decision === "abstain" ? "abstains" : `${percent(verdict.score)}`}
            </span>
            <span>{verdict.reasons.join(" ")}</span>
          </li>
        ))}
        {judged.missing.map((plugin) => (
          <li key={plugin} className="text-warn">
            {plugin} gave no verdict.
          </li>
        ))}
      </ul>
      <p className="text-muted">
        Decision: {judged.decision.action}. {judged.decision.reasons.join(" ")}
      </p>
    </div>
  );
}

function save(text: string, run: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${run}.md`;
  link.click();
  URL.revokeObjectURL(url);
}
