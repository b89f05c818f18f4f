import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft, FileQuestion } from "lucide-react";
import { useMemo } from "react";
import { spanLabel, spanMs } from "@orrery/sdk/span";
import { useRuns, useTrace } from "../client/queries.ts";
import { buttonClass } from "../ui/Button.tsx";
import { duration, plural } from "../ui/format.ts";
import { Failed, Loading, Notice } from "../ui/States.tsx";
import { Status } from "../ui/Status.tsx";
import { ExportRun, VerifyRun } from "./run-file.tsx";
import { arrange } from "./span-rows.ts";
import { Waterfall } from "./Waterfall.tsx";

const route = getRouteApi("/observe/traces/$runId");

/** One run's spans on a time line, and what is known of the one chosen. */
export function TraceRoom() {
  const { runId } = route.useParams();
  const { span: chosen } = route.useSearch();
  const navigate = useNavigate();
  const { data: runs } = useRuns({ limit: 1_000 });
  const run = runs?.find((each) => each.run === runId);
  const { data: spans, error, isPending } = useTrace(runId, run?.status === "running");
  const rows = useMemo(() => arrange(spans ?? []), [spans]);
  const selected = rows.find(({ span }) => span.id === chosen)?.span;
  const choose = (span: string) => void navigate({ to: "/observe/traces/$runId", params: { runId }, search: { span }, replace: true, resetScroll: false });
  return (
    <div className="flex flex-1 flex-col gap-4">
      <header className="flex flex-col gap-2">
        <Link to="/observe" className="flex items-center gap-1 self-start text-13 text-muted hover:text-fg">
          <ArrowLeft aria-hidden className="size-3.5" strokeWidth={1.75} /> Runs
        </Link>
        <div className="flex flex-wrap items-center justify-between gap-3">
          <h1 className="min-w-0 max-w-[70ch] text-20 font-semibold">{run?.task ?? "Trace"}</h1>
          {run ? (
            <div className="flex flex-wrap gap-2">
              <VerifyRun run={runId} />
              <ExportRun run={runId} />
              <Link to="/run/$runId" params={{ runId }} className={buttonClass()}>
                Open the run
              </Link>
            </div>
          ) : null}
        </div>
        {run ? (
          <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-13 text-muted">
            <Status state={run.status} />
            <span>{plural(rows.length, "span")}</span>
            <span>{plural(run.events, "journal entry", "journal entries")}</span>
            <span className="min-w-0 truncate font-mono text-12" title="The hash of the run's last entry: it vouches for the whole chain">
              head {run.head.slice(0, 16)}…
            </span>
          </p>
        ) : null}
      </header>
      {error ? <Failed error={error} what="The trace could not be read" /> : null}
      {isPending && !error ? <Loading what="Reading the trace" /> : null}
      {spans?.length === 0 ? (
        <Notice icon={FileQuestion} title="There is no trace of such a run here">
          <p>The journal of this host holds no entry of it.</p>
          <Link to="/observe" className={buttonClass()}>
            Runs that are here
          </Link>
        </Notice>
      ) : null}
      {rows.length > 0 ? (
        <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_320px]">
          <Waterfall rows={rows} chosen={chosen} onChoose={choose} />
          <aside aria-label="Span" className="rounded-12 border border-line bg-surface p-4 text-13">
            {selected ? (
              <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
                <dt className="text-subtle">Span</dt>
                <dd className="break-words font-medium">{spanLabel(selected)}</dd>
                <dt className="text-subtle">Kind</dt>
                <dd>{selected.kind}</dd>
                <dt className="text-subtle">Status</dt>
                <dd>
                  <Status state={selected.status} />
                </dd>
                <dt className="text-subtle">Began</dt>
                <dd>{duration(selected.startMs)}</dd>
                <dt className="text-subtle">Took</dt>
                <dd>{duration(spanMs(selected))}</dd>
                <dt className="text-subtle">Entry</dt>
                <dd>{selected.idx}</dd>
                {Object.entries(selected.attributes).map(([name, value]) => (
                  <div key={name} className="contents">
                    <dt className="text-subtle">{name}</dt>
                    <dd className="break-words">{String(value)}</dd>
                  </div>
                ))}
              </dl>
            ) : (
              <p className="text-muted">Choose a span: click, or walk with j and k.</p>
            )}
          </aside>
        </div>
      ) : null}
    </div>
  );
}
