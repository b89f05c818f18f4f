import { Link } from "@tanstack/react-router";
import { Inbox } from "lucide-react";
import { useWaiting } from "../client/queries.ts";
import { plural } from "../ui/format.ts";

/** How many questions wait for a person, and the way to them. */
export function InboxLink() {
  const { data = [] } = useWaiting();
  return (
    <Link
      to="/govern/approvals"
      aria-label={data.length === 0 ? "Inbox, empty" : `Inbox, ${plural(data.length, "question")}`}
      className="relative flex size-8 items-center justify-center rounded-8 text-muted hover:bg-raised hover:text-fg"
      activeProps={{ className: "bg-raised !text-fg" }}
    >
      <Inbox aria-hidden className="size-4" strokeWidth={1.75} />
      {data.length > 0 ? (
        <span
          aria-hidden
          className="absolute -end-0.5 -top-0.5 flex h-4 min-w-4 items-center justify-center rounded-full bg-waiting px-1 text-11 font-semibold leading-none text-surface"
        >
          {data.length > 99 ? "99+" : data.length}
        </span>
      ) : null}
      <span role="status" className="sr-only">
        {data.length > 0 ? `${plural(data.length, "question")} in the inbox` : ""}
      </span>
    </Link>
  );
}
