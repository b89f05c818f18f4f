import type { ForkRequest } from "@orrery/sdk";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { useModels } from "../client/queries.ts";
import { useTopologies } from "../home/TopologyChoice.tsx";
import { Button } from "../ui/Button.tsx";
import { focusOn } from "../ui/focus.ts";
import { Failed } from "../ui/States.tsx";
import type { RunView } from "./run-view.ts";

const field = "h-9 w-full rounded-8 border border-control bg-surface px-2 text-14 text-fg";
const label = "flex min-w-0 flex-1 basis-44 flex-col gap-1 text-12 text-muted";
const mostSteps = 500;

/** A new run from this one's journal: what settled before the chosen step is kept and costs nothing. */
export function ForkForm({ view, at, onDone }: { view: RunView; at: string | undefined; onDone(): void }) {
  const { client } = useKernel();
  const navigate = useNavigate();
  const topologies = useTopologies();
  const { data: models = [] } = useModels();
  const planned = view.planned?.plan.topology.id ?? "";
  const [step, setStep] = useState(at ?? "");
  const [topology, setTopology] = useState("");
  const [model, setModel] = useState("");
  const [task, setTask] = useState(view.task?.text ?? "");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const paths = [...new Set(view.steps.map(({ path }) => path))].slice(-mostSteps);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    const fork: ForkRequest = {
      ...(step && !topology ? { at: step } : {}),
      ...(topology ? { topology } : {}),
      ...(model ? { model } : {}),
      ...(task.trim() && task.trim() !== view.task?.text ? { task: task.trim() } : {}),
    };
    try {
      const { runId } = await client.fork(view.run, fork);
      onDone();
      await navigate({ to: "/run/$runId", params: { runId } });
    } catch (thrown) {
      setFailure(thrown);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} aria-label="Fork" className="flex flex-col gap-3 rounded-12 border border-line bg-surface p-4">
      <div className="flex flex-wrap gap-3">
        <label className={label}>
          Begin again at
          <select ref={focusOn} value={step} onChange={(event) => setStep(event.target.value)} className={field} disabled={topology !== ""}>
            <option value="">the end: keep all that settled</option>
            {paths.map((path) => (
              <option key={path} value={path}>
                {path}
              </option>
            ))}
          </select>
        </label>
        <label className={label}>
          How they work together
          <select value={topology} onChange={(event) => setTopology(event.target.value)} className={field}>
            <option value="">{planned}, as before</option>
            {topologies
              .filter(({ word }) => word !== planned)
              .map(({ word }) => (
                <option key={word} value={word}>
                  {word}
                </option>
              ))}
          </select>
        </label>
        <label className={label}>
          Model
          <select value={model} onChange={(event) => setModel(event.target.value)} className={field}>
            <option value="">as before</option>
            {models.map((each) => (
              <option key={each.id} value={each.id}>
                {each.label}
              </option>
            ))}
          </select>
        </label>
      </div>
      <label className="flex flex-col gap-1 text-12 text-muted">
        Task
        <textarea
          rows={2}
          value={task}
          onChange={(event) => setTask(event.target.value)}
          className="w-full resize-y rounded-8 border border-control bg-surface px-3 py-2 text-14 text-fg"
        />
      </label>
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? "Forking…" : "Fork the run"}
        </Button>
        <Button look="quiet" onClick={onDone}>
          Close
        </Button>
        <p className="text-12 text-muted">
          {topology
            ? "Another topology asks for other steps: team and documents are kept, the steps are done anew."
            : "This run stays as it is. Kept steps cost nothing."}
        </p>
      </div>
      {failure !== undefined ? <Failed error={failure} what="The run was not forked" /> : null}
    </form>
  );
}
