import type { SubmitRequest } from "@orrery/sdk";
import { useForecast } from "../client/queries.ts";
import type { AgentView } from "../run/agent-view.ts";
import { Graph } from "../run/Graph.tsx";
import { estimatedMoney, estimatedTokens } from "../ui/estimate.ts";
import { Facts } from "../ui/Facts.tsx";
import { plural } from "../ui/format.ts";
import { Failed, Loading } from "../ui/States.tsx";

/** Who would work on the task, how they would hear each other, and what it would come to. Nothing is run for it. */
export function TeamPreview({ request }: { request: SubmitRequest }) {
  const { data, error, isPending } = useForecast(request);
  if (error) return <Failed error={error} what="The team could not be planned" />;
  if (isPending || !data) return <Loading what="Planning the team" />;
  const { team, topology, edges, predicted, estimate, models } = data;
  const agents = team.agents.map(
    ({ id, role, skill, focus }): AgentView => ({ id, role, skill, focus, state: "pending", step: undefined, nano: 0, calls: 0, score: undefined }),
  );
  const facts: [string, string][] = [
    ["Calls", predicted.min === predicted.max ? String(predicted.expected) : `${predicted.expected} (${predicted.min} to ${predicted.max})`],
    ["Tokens, about", estimatedTokens(estimate)],
    ["Money", estimatedMoney(estimate)],
    ["Models", [...new Set(models.map(({ model }) => model))].join(", ") || "none can be used"],
  ];
  return (
    <section aria-label="Team before the run" className="overflow-hidden rounded-8 border border-line">
      <p className="border-b border-line px-4 py-2 text-13">
        <span className="font-semibold">{team.name}</span>{" "}
        <span className="text-muted">
          · {topology} · {plural(team.agents.length, "agent")}
        </span>
      </p>
      <Graph
        topology={{ id: topology, config: team.topology?.config ?? {} }}
        agents={agents}
        edges={edges}
        steps={none}
        selected={undefined}
        onSelect={ignore}
      />
      <ul className="sr-only">
        {team.agents.map(({ id, role }) => (
          <li key={id}>
            {id}, {role}, hears {edges.flatMap(({ from, to }) => (to === id ? from : [])).join(", ") || "nobody"}
          </li>
        ))}
      </ul>
      <dl className="flex flex-wrap gap-x-6 gap-y-1 border-t border-line px-4 py-2 text-13">
        <Facts facts={facts} />
      </dl>
    </section>
  );
}

const none: readonly never[] = [];
const ignore = () => undefined;
