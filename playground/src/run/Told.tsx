import { CirclePause, CirclePlay, GitFork, type LucideIcon, OctagonX, ThumbsDown, ThumbsUp, Waypoints } from "lucide-react";
import { Link } from "@tanstack/react-router";
import { duration } from "../ui/format.ts";
import type { RunView } from "./run-view.ts";

const icons: Record<RunView["told"][number]["what"], LucideIcon> = {
  paused: CirclePause,
  resumed: CirclePlay,
  redirected: Waypoints,
  cancelled: OctagonX,
  approved: ThumbsUp,
  denied: ThumbsDown,
};

/** What people said to the run, in order, and where it was forked from. */
export function Told({ view }: { view: RunView }) {
  const { told, from } = view;
  if (told.length === 0 && !from) return null;
  return (
    <section aria-label="What the run was told" className="flex flex-col gap-1.5 rounded-12 border border-line bg-surface px-4 py-3 text-13">
      {from ? (
        <p className="flex flex-wrap items-center gap-2">
          <GitFork aria-hidden className="size-4 text-subtle" strokeWidth={1.75} />
          Forked from{" "}
          <Link to="/run/$runId" params={{ runId: from.run }} className="text-accent underline underline-offset-2">
            an earlier run
          </Link>
          {from.at === undefined ? "" : `, begun again at ${from.at}`}
        </p>
      ) : null}
      <ol className="flex flex-col gap-1.5">
        {told.map(({ what, by, text, ts }, i) => {
          const Icon = icons[what];
          return (
            <li key={`${ts}${i}`} className="flex gap-2">
              <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-subtle" strokeWidth={1.75} />
              <span className="min-w-0 break-words">
                <span className="font-medium first-letter:uppercase">{what}</span> by {by} after {duration(Math.max(0, ts - view.startedAt))}
                {text ? `: ${text}` : ""}
              </span>
            </li>
          );
        })}
      </ol>
      {/* The newest is said once, as it happens. */}
      <p role="status" className="sr-only">
        {told.at(-1) ? `The run was ${told.at(-1)?.what}.` : ""}
      </p>
    </section>
  );
}
