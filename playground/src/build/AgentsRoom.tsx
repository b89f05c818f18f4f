import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Users } from "lucide-react";
import { useAgents } from "../client/queries.ts";
import { useRowKeys } from "../shell/use-shortcuts.ts";
import { buttonClass } from "../ui/Button.tsx";
import { plural } from "../ui/format.ts";
import { Failed, Loading, Notice } from "../ui/States.tsx";
import { AgentCard } from "./AgentCard.tsx";

/** Agents by their names in their teams: what each did, and what it alone remembers. */
export function AgentsRoom() {
  const { data, error, isPending } = useAgents();
  const { name } = useParams({ strict: false });
  const navigate = useNavigate();
  const agents = data ?? [];
  const at = agents.findIndex((agent) => agent.name === name);
  const shown = name ?? agents[0]?.name;
  useRowKeys((by) => {
    const next = agents[Math.min(agents.length - 1, Math.max(0, at + by))];
    if (next) void navigate({ to: "/build/agents/$name", params: { name: next.name }, replace: true, resetScroll: false });
  });
  return (
    <div className="flex flex-1 flex-col gap-4">
      <h1 className="text-20 font-semibold">Agents</h1>
      {error ? <Failed error={error} what="The agents could not be read" /> : null}
      {isPending ? <Loading what="Reading the runs" /> : null}
      {data?.length === 0 ? (
        <Notice icon={Users} title="No agent has run here yet">
          <p>
            Each agent of a run comes here under its name in its team, with what it did and, in a team of your own, what it remembers from one run to the next.
          </p>
          <Link to="/" className={buttonClass()}>
            Run the example
          </Link>
        </Notice>
      ) : null}
      {agents.length > 0 && shown !== undefined ? (
        <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[360px_minmax(0,1fr)]">
          <ul aria-label="Agents" className="divide-y divide-line overflow-hidden rounded-12 border border-line bg-surface">
            {agents.map(({ name: each, id, team, runs, episodes }) => (
              <li key={each}>
                <Link
                  to="/build/agents/$name"
                  params={{ name: each }}
                  resetScroll={false}
                  aria-current={each === shown ? "true" : undefined}
                  className={`flex flex-col px-4 py-2 -outline-offset-2 hover:bg-raised ${each === shown ? "bg-raised" : ""}`}
                >
                  <span className="truncate font-medium">{id}</span>
                  <span className="truncate text-12 text-muted">
                    {team} · {plural(runs.length, "run")}
                    {episodes > 0 ? ` · remembers ${episodes}` : ""}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
          <AgentCard key={shown} name={shown} />
        </div>
      ) : null}
      {data?.length === 0 && name !== undefined ? <AgentCard name={name} /> : null}
    </div>
  );
}
