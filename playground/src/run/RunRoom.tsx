import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { FileQuestion } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { queries, useRuns, useStillThere } from "../client/queries.ts";
import { buttonClass } from "../ui/Button.tsx";
import { estimatedTokens } from "../ui/estimate.ts";
import { Facts } from "../ui/Facts.tsx";
import { duration, nanoMoney, plural } from "../ui/format.ts";
import { Failed, Loading, Notice } from "../ui/States.tsx";
import { Status } from "../ui/Status.tsx";
import { useNow } from "../ui/use-now.ts";
import { Controls, type Form } from "./Controls.tsx";
import { CitedDocument } from "./CitedDocument.tsx";
import { ForkForm } from "./ForkForm.tsx";
import { FollowUp } from "./FollowUp.tsx";
import { openGates, standing } from "./gates.ts";
import { Inspector } from "./Inspector.tsx";
import { Markdown } from "./Markdown.tsx";
import { Outcome } from "./Outcome.tsx";
import { ApprovalCard } from "./ApprovalCard.tsx";
import { agentsOf } from "./agent-view.ts";
import { RedirectForm } from "./RedirectForm.tsx";
import type { GateView, RunView } from "./run-view.ts";
import { Team } from "./Team.tsx";
import { Thread } from "./Thread.tsx";
import { Told } from "./Told.tsx";
import { useSteering } from "./use-steering.ts";
import { useStepKeys } from "./use-step-keys.ts";
import { useRun } from "./use-run.ts";

const route = getRouteApi("/run/$runId");

export function RunRoom() {
  const { runId } = route.useParams();
  const state = useRun(runId);
  const { data: there } = useStillThere(runId, state.kind === "there" ? state.view.events.length : undefined);
  if (state.kind === "loading") return <Loading what="Reading the run" />;
  if (state.kind === "failed") {
    return (
      <>
        <h1 className="sr-only">Run</h1>
        <Failed error={state.error} what="This run could not be read" />
      </>
    );
  }
  if (state.kind === "missing") {
    return (
      <>
        <h1 className="sr-only">No such run</h1>
        <Notice icon={FileQuestion} title="There is no such run here">
          <p>
            No run <code className="font-mono text-13">{runId}</code> is in this {"browser's"} journal. Runs stay where they were made: another browser, or the
            server, may have it.
          </p>
          <Link to="/observe" className={buttonClass()}>
            Runs that are here
          </Link>
        </Notice>
      </>
    );
  }
  if (there === false) {
    return (
      <div role="alert">
        <h1 className="sr-only">Run removed</h1>
        <Notice icon={FileQuestion} title="This run was removed">
          <p>
            Somebody took it out, or the bounds did that say which runs are kept; its files went with it. Where it was exported, the file can be imported again.
          </p>
          <Link to="/observe" className={buttonClass()}>
            Runs that are here
          </Link>
        </Notice>
      </div>
    );
  }
  return <RunThere view={state.view} key={runId} />;
}

function RunThere({ view }: { view: RunView }) {
  const { where } = useKernel();
  const ended = view.finished !== undefined;
  useEffect(() => {
    // Lists of runs hold this one from its first entry on, and how it ended from its last.
    void ended;
    void queries.invalidateQueries({ queryKey: [where, "runs"] });
  }, [ended, where]);
  const navigate = useNavigate();
  const { step, at, round, tab, cite } = route.useSearch();
  const agents = agentsOf(view);
  const own = standing(view);
  const { data: runs } = useRuns({ limit: 50 });
  // The journal's index knows when the tab that ran it has gone; the run's own entries cannot.
  const interrupted = own !== "paused" && !ended && runs?.find(({ run }) => run === view.run)?.status === "interrupted";
  const status = interrupted ? "interrupted" : own;
  const search = useCallback(
    (change: Partial<ReturnType<typeof route.useSearch>>) =>
      void navigate({
        to: "/run/$runId",
        params: { runId: view.run },
        search: (now) => ({ ...now, ...change }) as typeof change,
        replace: true,
        resetScroll: false,
      }),
    [navigate, view.run],
  );
  const select = useCallback((agent: string | undefined, path?: string) => search({ step: agent, at: path }), [search]);
  const open = useCallback((citation: string | undefined) => search({ cite: citation }), [search]);
  const steered = useSteering(view.run);
  const [form, setForm] = useState<Form>();
  const planned = view.planned !== undefined;
  const fork = useCallback(
    (path: string | undefined) => {
      search({ at: path });
      setForm("fork");
    },
    [search],
  );
  useStepKeys(view.steps, at, (path, agent) => select(agent, path), planned ? fork : undefined);

  return (
    <div className="flex flex-col gap-6">
      <header className="flex flex-col gap-3">
        <Thread thread={view.task?.thread} run={view.run} />
        <div className="flex flex-wrap items-start justify-between gap-4">
          <h1 className="min-w-0 max-w-[60ch] flex-1 basis-80 text-20 font-semibold sm:text-28">{view.task?.text ?? "Run"}</h1>
          <Controls run={view.run} status={status} planned={view.planned !== undefined} steered={steered} form={form} onForm={setForm} />
        </div>
        {form === "redirect" && !ended ? <RedirectForm steered={steered} onDone={() => setForm(undefined)} /> : null}
        {form === "fork" ? <ForkForm key={at ?? ""} view={view} at={at} onDone={() => setForm(undefined)} /> : null}
        {steered.failure !== undefined ? <Failed error={steered.failure} what="The run was not told" /> : null}
        <RunFacts view={view} status={status} />
      </header>

      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_400px]">
        <div className="flex min-w-0 flex-col gap-6">
          {openGates(view).map((gate) => (
            <Asked key={gate.gate} view={view} gate={gate} onCite={open} />
          ))}
          <Team view={view} selected={step} at={at} round={round} onSelect={select} onRound={(turn) => search({ round: turn })} onFork={fork} />
          <Told view={view} />
          <Outcome view={view} status={status} onCite={open} onResume={() => void steered.resume()} />
          {!ended && !interrupted ? null : <FollowUp thread={view.task?.thread} again={view} />}
        </div>
        <Inspector view={view} agents={agents} selected={step} at={at} tab={tab} onSelect={select} onCite={open} />
      </div>
      <CitedDocument runId={view.run} cite={cite} onClose={() => open(undefined)} />
    </div>
  );
}

/** A gate of this run, with what is to be approved. */
function Asked({ view, gate: { gate, ask, agent, path, text }, onCite }: { view: RunView; gate: GateView; onCite(citation: string): void }) {
  const made = text ?? view.steps.findLast((step) => step.path === path && step.result)?.text;
  return (
    <ApprovalCard run={view.run} gate={gate} ask={ask} agent={agent} path={path}>
      {made ? (
        <div className="max-h-80 overflow-y-auto rounded-8 border border-line px-4 py-3" tabIndex={0} role="region" aria-label="What is to be approved">
          <Markdown text={made} onCite={onCite} />
        </div>
      ) : null}
    </ApprovalCard>
  );
}

function RunFacts({ view, status }: { view: RunView; status: string }) {
  const running = ["running", "paused", "waiting"].includes(status);
  useNow(running ? 250 : 0);
  const ended = view.finished?.durationMs ?? (running ? Date.now() - view.startedAt : undefined);
  const facts: [string, string][] = [
    ["Time", ended === undefined ? "not recorded" : duration(ended)],
    ["Cost", nanoMoney(view.nano)],
    ["Model calls", String(view.calls)],
    ["Tokens", `${view.inputTokens.toLocaleString("en")} in, ${view.outputTokens.toLocaleString("en")} out`],
  ];
  if (view.planned?.estimate) {
    const { nano } = view.planned.estimate;
    const calls = plural(view.planned.predicted.expected, "call");
    facts.push(["Predicted", `${calls}, ${estimatedTokens(view.planned.estimate)}, ${nano === undefined ? "price unknown" : nanoMoney(nano)}`]);
  }
  if (view.documents)
    facts.push(["Documents", `${view.documents.documents.length} read${view.documents.skipped.length ? `, ${view.documents.skipped.length} skipped` : ""}`]);
  return (
    <dl className="flex flex-wrap items-center gap-x-6 gap-y-1 text-13">
      <div aria-live="polite">
        <dt className="sr-only">Status</dt>
        <dd>
          <Status state={status} className="!text-14" />
        </dd>
      </div>
      <Facts facts={facts} />
    </dl>
  );
}
