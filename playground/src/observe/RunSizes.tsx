import type { RunSummary } from "@orrery/sdk";
import { Link } from "@tanstack/react-router";
import { ago, bytes } from "../ui/format.ts";

/** Runs with the room each takes. */
export function RunSizes({ runs, label }: { runs: readonly RunSummary[]; label: string }) {
  return (
    <ul aria-label={label} className="max-h-80 divide-y divide-line overflow-y-auto rounded-8 border border-line bg-surface text-13">
      {runs.map(({ run, task, bytes: size, startedAt }) => (
        <li key={run}>
          <Link to="/run/$runId" params={{ runId: run }} className="flex items-baseline gap-4 px-3 py-2 -outline-offset-2 hover:bg-raised">
            <span className="min-w-0 flex-1 truncate">{task}</span>
            <span className="hidden text-subtle sm:inline">{ago(startedAt)}</span>
            <span className="tabular-nums">{bytes(size)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
