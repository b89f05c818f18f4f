import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { CircleCheck, Inbox } from "lucide-react";
import { useWaiting } from "../client/queries.ts";
import { ApprovalCard } from "../run/ApprovalCard.tsx";
import { Markdown } from "../run/Markdown.tsx";
import { useRowKeys } from "../shell/use-shortcuts.ts";
import { buttonClass } from "../ui/Button.tsx";
import { ago, plural } from "../ui/format.ts";
import { Failed, Loading, Notice } from "../ui/States.tsx";
import { idOf } from "./approval-id.ts";

/** The inbox: everything that waits for a person, oldest first. */
export function ApprovalsRoom() {
  const { data, error, isPending } = useWaiting();
  const { id } = useParams({ strict: false });
  const navigate = useNavigate();
  const items = data ?? [];
  const at = Math.max(
    0,
    items.findIndex((item) => idOf(item) === id),
  );
  const item = items[at];
  const go = (to: number) => {
    const next = items[Math.min(items.length - 1, Math.max(0, to))];
    if (next) void navigate({ to: "/govern/approvals/$id", params: { id: idOf(next) }, replace: true, resetScroll: false });
  };
  useRowKeys((by) => go(at + by));
  const decidedElsewhere = id !== undefined && data !== undefined && !items.some((each) => idOf(each) === id);
  return (
    <div className="flex flex-1 flex-col gap-4">
      <div className="flex flex-wrap items-baseline justify-between gap-2">
        <h1 className="text-20 font-semibold">Inbox</h1>
        <p role="status" className="text-13 text-muted">
          {data === undefined ? "" : items.length === 0 ? "Nothing waits for you." : `${plural(items.length, "question")} for you`}
        </p>
      </div>
      {error ? <Failed error={error} what="The inbox could not be read" /> : null}
      {isPending ? <Loading what="Reading the inbox" /> : null}
      {decidedElsewhere ? <p className="text-13 text-muted">What this address names was decided already, or its run has ended.</p> : null}
      {data !== undefined && items.length === 0 ? (
        <Notice icon={Inbox} title="Nothing waits for a person">
          <p>A team may declare gates: places where a run stops and asks. What is asked comes here, from every run, until somebody decides.</p>
          <Link to="/observe" className={buttonClass()}>
            See the runs
          </Link>
        </Notice>
      ) : null}
      {item ? (
        <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[360px_minmax(0,1fr)]">
          <ul aria-label="Waiting" className="divide-y divide-line overflow-hidden rounded-12 border border-line bg-surface">
            {items.map((each, i) => (
              <li key={idOf(each)}>
                <button
                  type="button"
                  aria-pressed={i === at}
                  onClick={() => go(i)}
                  className="flex w-full flex-col gap-0.5 px-4 py-3 text-start text-13 hover:bg-raised aria-pressed:bg-raised"
                >
                  <span className="line-clamp-2 font-medium">{each.ask}</span>
                  <span className="line-clamp-1 text-muted">{each.task}</span>
                  <span className="text-12 text-subtle">
                    {each.agent ?? "outcome"} · {ago(each.since)}
                  </span>
                </button>
              </li>
            ))}
          </ul>
          <div className="flex min-w-0 flex-col gap-3">
            <ApprovalCard key={idOf(item)} run={item.run} gate={item.gate} ask={item.ask} agent={item.agent} path={item.path}>
              {item.artifact ? (
                <div
                  className="max-h-[420px] overflow-y-auto rounded-8 border border-line px-4 py-3"
                  tabIndex={0}
                  role="region"
                  aria-label="What is to be approved"
                >
                  <Markdown text={item.artifact.text} onCite={(cite) => void navigate({ to: "/run/$runId", params: { runId: item.run }, search: { cite } })} />
                </div>
              ) : (
                <p className="flex items-center gap-2 text-13 text-muted">
                  <CircleCheck aria-hidden className="size-4" strokeWidth={1.75} /> It has not begun: there is nothing to read yet.
                </p>
              )}
            </ApprovalCard>
            <p className="text-13 text-muted">
              Of the run{" "}
              <Link to="/run/$runId" params={{ runId: item.run }} className="text-accent underline underline-offset-2">
                {item.task}
              </Link>
            </p>
          </div>
        </div>
      ) : null}
    </div>
  );
}
