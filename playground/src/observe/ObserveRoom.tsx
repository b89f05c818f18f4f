import { Link, useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Activity, SearchX } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useRuns } from "../client/queries.ts";
import { useRowKeys } from "../shell/use-shortcuts.ts";
import { Button, buttonClass } from "../ui/Button.tsx";
import { ago, bytes, duration } from "../ui/format.ts";
import { Failed, Loading, Notice } from "../ui/States.tsx";
import { ImportRun } from "./run-file.tsx";
import { Status, statusWord } from "../ui/Status.tsx";

/** Every run in the journal; `j` and `k` walk, Enter opens. */
export function ObserveRoom() {
  const { data, error, isPending } = useRuns({ limit: 1_000 });
  const [filter, setFilter] = useState("");
  const [status, setStatus] = useState("");
  const shown = useMemo(
    () => (data ?? []).filter((run) => (status === "" || run.status === status) && run.task.toLowerCase().includes(filter.toLowerCase())),
    [data, filter, status],
  );
  const statuses = [...new Set((data ?? []).map((run) => run.status))].sort();
  return (
    <div className="flex flex-1 flex-col gap-4">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <h1 className="text-20 font-semibold">Runs</h1>
        <div className="flex flex-wrap gap-2">
          <Link to="/build/agents" className={buttonClass()}>
            Agents
          </Link>
          <Link to="/observe/kept" className={buttonClass()}>
            What is kept
          </Link>
          <ImportRun />
          {data && data.length > 0 ? (
            <>
              <input
                type="search"
                aria-label="Filter by task"
                value={filter}
                onChange={(event) => setFilter(event.target.value)}
                placeholder="Filter by task"
                className="h-9 w-56 rounded-8 border border-control bg-surface px-3"
              />
              <select
                aria-label="Filter by status"
                value={status}
                onChange={(event) => setStatus(event.target.value)}
                className="h-9 rounded-8 border border-control bg-surface px-2"
              >
                <option value="">any status</option>
                {statuses.map((each) => (
                  <option key={each} value={each}>
                    {statusWord(each)}
                  </option>
                ))}
              </select>
            </>
          ) : null}
        </div>
      </div>
      {error ? <Failed error={error} what="The runs could not be read" /> : null}
      {isPending ? <Loading what="Reading the journal" /> : null}
      {data?.length === 0 ? (
        <Notice icon={Activity} title="Nothing has run here yet">
          <p>Every run leaves its trace here: who did what, how long it took, what it cost and how it was judged.</p>
          <Link to="/" className={buttonClass()}>
            Run the example
          </Link>
        </Notice>
      ) : null}
      {data && data.length > 0 && shown.length === 0 ? (
        <Notice icon={SearchX} title="No run matches">
          <Button
            onClick={() => {
              setFilter("");
              setStatus("");
            }}
          >
            Show all {data.length}
          </Button>
        </Notice>
      ) : null}
      {shown.length > 0 ? <Rows runs={shown} /> : null}
    </div>
  );
}

const columns =
  "grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 px-4 sm:grid-cols-[minmax(0,1fr)_9rem_5rem_7rem] lg:grid-cols-[minmax(0,1fr)_9rem_5rem_6rem_7rem]";

function Rows({ runs }: { runs: NonNullable<ReturnType<typeof useRuns>["data"]> }) {
  const navigate = useNavigate();
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const rows = useVirtualizer({ count: runs.length, getScrollElement: () => box.current, estimateSize: () => 36, overscan: 12 });
  useRowKeys((by) => {
    const next = Math.min(runs.length - 1, Math.max(0, at + by));
    setAt(next);
    rows.scrollToIndex(next);
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus({ preventScroll: true }));
  });
  return (
    <div className="overflow-hidden rounded-12 border border-line bg-surface">
      <div aria-hidden className={`${columns} border-b border-line py-2 text-12 text-subtle`}>
        <span>Task</span>
        <span>Status</span>
        <span className="hidden text-end sm:block">Time</span>
        <span className="hidden text-end lg:block">Journal</span>
        <span className="hidden text-end sm:block">Started</span>
      </div>
      <div ref={box} className="max-h-[70dvh] overflow-y-auto" role="list" aria-label="Runs">
        <div className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const run = runs[index];
            if (!run) return null;
            return (
              <div
                key={run.run}
                role="listitem"
                className="absolute inset-x-0 h-9 border-b border-line last:border-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                <Link
                  to="/observe/traces/$runId"
                  params={{ runId: run.run }}
                  data-row={index}
                  onFocus={() => setAt(index)}
                  onKeyDown={(event) => {
                    if (event.key === "o") void navigate({ to: "/run/$runId", params: { runId: run.run } });
                  }}
                  className={`${columns} h-full text-13 -outline-offset-2 hover:bg-raised ${index === at ? "bg-raised" : ""}`}
                >
                  <span className="truncate">{run.task}</span>
                  <Status state={run.status} />
                  <span className="hidden text-end text-subtle sm:block">{run.endedAt === undefined ? "" : duration(run.endedAt - run.startedAt)}</span>
                  <span className="hidden text-end text-subtle lg:block">
                    {run.events} · {bytes(run.bytes)}
                  </span>
                  <span className="hidden text-end text-subtle sm:block">{ago(run.startedAt)}</span>
                </Link>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
