import type { Recalled } from "@orrery/sdk";
import { agentTotals, type AgentDetail } from "@orrery/sdk/agents";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { queries, useAgent } from "../client/queries.ts";
import { Button } from "../ui/Button.tsx";
import { Facts } from "../ui/Facts.tsx";
import { ago, money, percent, plural } from "../ui/format.ts";
import { Failed, Loading } from "../ui/States.tsx";
import { Status } from "../ui/Status.tsx";

/** One agent: what it comes to over its runs, what it remembers, and the runs. */
export function AgentCard({ name }: { name: string }) {
  const { data, error, isPending } = useAgent(name);
  if (error) return <Failed error={error} what="The agent could not be read" />;
  if (isPending || !data) return <Loading what="Reading the agent" />;
  const { runs, calls, microUsd, score } = agentTotals(data.runs);
  const facts: [string, string][] = [
    ["Runs", String(runs)],
    ["Calls", String(calls)],
    ["Cost", money(microUsd)],
    ["Judged", score === undefined ? "not yet" : percent(score)],
  ];
  return (
    <article aria-label={data.name} className="flex min-w-0 flex-col gap-6 rounded-12 border border-line bg-surface p-5">
      <header className="flex flex-col gap-2">
        <h2 className="break-words text-16 font-semibold">
          {data.id} <span className="font-normal text-muted">of {data.team}</span>
        </h2>
        <p className="text-13 text-muted">{data.role ? `${data.role}, skill ${data.skill}` : "It took part in none of the last runs."}</p>
        <dl className="flex flex-wrap gap-x-6 gap-y-1 text-13">
          <Facts facts={facts} />
        </dl>
      </header>
      <Memories agent={data} />
      <Runs agent={data} />
    </article>
  );
}

function Memories({ agent: { name, memory } }: { agent: AgentDetail }) {
  const { client, where } = useKernel();
  const [asked, setAsked] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const forget = async (episode?: string) => {
    setFailure(undefined);
    setAsked(false);
    try {
      await client.forgetAgent?.(name, episode);
      await Promise.all(["agents", "agent"].map((key) => queries.invalidateQueries({ queryKey: [where, key] })));
    } catch (thrown) {
      setFailure(thrown);
    }
  };
  return (
    <section aria-label="Memory" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-13 font-semibold">What it remembers</h3>
        {memory.length === 0 ? null : asked ? (
          <span className="flex flex-wrap gap-2">
            <Button size="small" autoFocus onClick={() => void forget()}>
              Forget {plural(memory.length, "thing")} for good
            </Button>
            <Button look="quiet" size="small" onClick={() => setAsked(false)}>
              Keep them
            </Button>
          </span>
        ) : (
          <Button look="quiet" size="small" onClick={() => setAsked(true)}>
            Forget everything
          </Button>
        )}
      </div>
      <p className="text-13 text-muted">
        {memory.length === 0
          ? "Nothing of its own. Agents of a team you give remember what they said in accepted runs, unless the team file says memory: false."
          : "What it said in accepted runs. It sees what bears on a new task again; no other agent does."}
      </p>
      {failure === undefined ? null : <Failed error={failure} what="It did not forget" />}
      {memory.length > 0 ? (
        <ul aria-label="Memories" className="flex flex-col gap-2">
          {memory.map((episode) => (
            <Memory key={episode.id} episode={episode} onForget={() => void forget(episode.id)} />
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function Memory({ episode: { task, summary, judged, at, run }, onForget }: { episode: Recalled; onForget(): void }) {
  return (
    <li className="flex flex-col gap-1 rounded-8 border border-line px-3 py-2 text-13">
      <p className="whitespace-pre-wrap break-words font-medium">{task}</p>
      <p className="whitespace-pre-wrap break-words text-muted">{summary}</p>
      <p className="flex flex-wrap items-center gap-x-3 text-12 text-subtle">
        judged {percent(judged)} · {ago(at)}
        <Link to="/run/$runId" params={{ runId: run }} className="flex min-h-6 items-center text-accent underline-offset-2 hover:underline">
          The run
        </Link>
        <button type="button" aria-label={`Forget: ${task.slice(0, 80)}`} onClick={onForget} className="min-h-6 text-accent underline-offset-2 hover:underline">
          Forget
        </button>
      </p>
    </li>
  );
}

function Runs({ agent: { runs } }: { agent: AgentDetail }) {
  return (
    <section aria-label="Runs of the agent" className="flex flex-col gap-2">
      <h3 className="text-13 font-semibold">Its runs</h3>
      {runs.length === 0 ? <p className="text-13 text-muted">None of the last ones.</p> : null}
      <ul className="divide-y divide-line">
        {runs.map(({ run, task, status, steps, failed, microUsd, score, startedAt }) => (
          <li key={run}>
            <Link
              to="/run/$runId"
              params={{ runId: run }}
              className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 py-1.5 text-13 -outline-offset-2 hover:bg-raised"
            >
              <span className="truncate">{task}</span>
              <Status state={status} />
              <span className="truncate text-12 text-subtle">
                {plural(steps, "step")}
                {failed > 0 ? `, ${failed} failed` : ""} · {money(microUsd)} · {score === undefined ? "not judged" : `judged ${percent(score)}`}
              </span>
              <span className="text-12 text-subtle">{ago(startedAt)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
