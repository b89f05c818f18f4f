import { Link } from "@tanstack/react-router";
import { useRuns } from "../client/queries.ts";

/** The turns of a conversation, when it has more than one. */
export function Thread({ thread, run }: { thread: string | undefined; run: string }) {
  const { data = [] } = useRuns(thread === undefined ? { limit: 0 } : { thread });
  if (data.length < 2) return null;
  return (
    <nav aria-label="Turns of this conversation">
      <ol className="flex flex-wrap gap-1.5 text-12">
        {[...data].reverse().map((turn, i) => (
          <li key={turn.run} className="min-w-0">
            <Link
              to="/run/$runId"
              params={{ runId: turn.run }}
              aria-current={turn.run === run ? "page" : undefined}
              className={`flex max-w-72 gap-1.5 rounded-full border px-2.5 py-1 ${turn.run === run ? "border-accent text-fg" : "border-line text-muted hover:border-control hover:text-fg"}`}
            >
              <span className="font-medium">{i + 1}</span>
              <span className="truncate">{turn.task}</span>
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}
