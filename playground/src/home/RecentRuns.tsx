import { Link } from "@tanstack/react-router";
import { useRuns } from "../client/queries.ts";
import { ago, duration } from "../ui/format.ts";
import { Failed } from "../ui/States.tsx";
import { Status } from "../ui/Status.tsx";

export function RecentRuns() {
  const { data, error } = useRuns({ limit: 5 });
  if (error) return <Failed error={error} what="The list of runs could not be read" />;
  if (!data || data.length === 0) return null;
  return (
    <section aria-labelledby="recent" className="flex flex-col gap-3">
      <div className="flex items-baseline justify-between">
        <h2 id="recent" className="text-16 font-semibold">
          Recent runs
        </h2>
        <Link to="/observe" className="text-13 text-accent underline-offset-2 hover:underline">
          All runs
        </Link>
      </div>
      <ul className="divide-y divide-line rounded-12 border border-line bg-surface">
        {data.map(({ run, task, status, startedAt, endedAt }) => (
          <li key={run}>
            <Link to="/run/$runId" params={{ runId: run }} className="flex min-h-9 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 hover:bg-raised">
              <span className="min-w-0 flex-1 basis-60 truncate">{task}</span>
              <Status state={status} className="w-28" />
              <span className="w-16 text-end text-12 text-subtle">{endedAt === undefined ? "" : duration(endedAt - startedAt)}</span>
              <span className="w-28 text-end text-12 text-subtle">{ago(startedAt)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
