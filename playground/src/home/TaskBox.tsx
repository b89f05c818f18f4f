import { useNavigate } from "@tanstack/react-router";
import { FileText, FolderOpen, X } from "lucide-react";
import { type DragEvent, type FormEvent, lazy, Suspense, useEffect, useId, useRef, useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { useModels } from "../client/queries.ts";
import { Button } from "../ui/Button.tsx";
import { bytes, plural } from "../ui/format.ts";
import { Failed, Loading } from "../ui/States.tsx";
import { ForecastLine } from "./ForecastLine.tsx";
import { type Dropped, droppedFiles, pickedFiles } from "./dropped-files.ts";
import { TopologyWords, useTopologies } from "./TopologyChoice.tsx";

const TeamPreview = lazy(() => import("./TeamPreview.tsx").then((module) => ({ default: module.TeamPreview })));

const field = "h-9 rounded-8 border border-control bg-surface px-2 text-14 text-fg";

/** A task of one's own: documents dropped or picked, the question, and how the team works. */
export function TaskBox() {
  const { client, where } = useKernel();
  const navigate = useNavigate();
  const { data: models = [] } = useModels();
  const topologies = useTopologies();
  const [task, setTask] = useState("");
  const [files, setFiles] = useState<Dropped[]>([]);
  const [topology, setTopology] = useState("");
  const [agents, setAgents] = useState("");
  const [model, setModel] = useState("");
  const [budget, setBudget] = useState("0.05");
  const [preview, setPreview] = useState(false);
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const picker = useRef<HTMLInputElement>(null);
  const id = useId();
  const paid = models.find((each) => each.id === model)?.paid ?? false;
  const asked = {
    task,
    ...(topology ? { topology } : {}),
    ...(agents ? { agents: Number(agents) } : {}),
    ...(model ? { model } : {}),
    ...(paid ? { budget: Number(budget) } : {}),
  };
  const documentBytes = files.reduce((sum, { file }) => sum + file.size, 0);

  // While somebody types, the team is drawn for what stood there a moment ago.
  const planned = useSettled(documentBytes > 0 ? { ...asked, documentBytes } : asked, 400);

  const add = (added: Dropped[]) => setFiles((now) => [...new Map([...now, ...added].map((file) => [file.path, file])).values()]);
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    add(await droppedFiles(event.dataTransfer));
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    try {
      const { runId } = await client.submit({
        ...asked,
        documents: await Promise.all(files.map(async ({ path, file }) => ({ path, bytes: new Uint8Array(await file.arrayBuffer()) }))),
      });
      await navigate({ to: "/run/$runId", params: { runId } });
    } catch (thrown) {
      setFailure(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section aria-labelledby={`${id}-title`}>
      <form
        onSubmit={(event) => void submit(event)}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => void drop(event)}
        className={`flex flex-col gap-4 rounded-12 border bg-surface p-5 ${over ? "border-accent" : "border-line"}`}
      >
        <h2 id={`${id}-title`} className="text-16 font-semibold">
          Ask about your own documents
        </h2>
        <div className="flex flex-col gap-1.5">
          <label htmlFor={`${id}-task`} className="text-13 font-medium text-muted">
            Task
          </label>
          <textarea
            id={`${id}-task`}
            value={task}
            onChange={(event) => setTask(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
            }}
            rows={2}
            placeholder="What do these documents say about…?"
            className="w-full resize-y rounded-8 border border-control bg-surface px-3 py-2 text-16"
          />
        </div>
        <div className={`flex flex-wrap items-center gap-3 rounded-8 border border-dashed px-4 py-3 ${over ? "border-accent bg-raised" : "border-control"}`}>
          <FolderOpen aria-hidden className="size-5 text-subtle" strokeWidth={1.75} />
          <p className="min-w-0 flex-1 basis-52 text-muted">
            {files.length === 0
              ? "Drop files or a folder here. Markdown, text, HTML, PDF, JSON, CSV, code."
              : `${plural(files.length, "document")}, ${bytes(documentBytes)}`}
          </p>
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            data-testid="files"
            onChange={(event) => {
              add(pickedFiles(event.target.files));
              event.target.value = "";
            }}
          />
          <Button size="small" onClick={() => picker.current?.click()}>
            Choose files
          </Button>
          {files.length > 0 ? (
            <ul aria-label="Documents" className="flex max-h-40 w-full flex-wrap gap-2 overflow-y-auto">
              {files.map(({ path }) => (
                <li key={path} className="flex max-w-full items-center gap-1.5 rounded-8 border border-line bg-bg py-0.5 ps-2 text-13">
                  <FileText aria-hidden className="size-3.5 shrink-0 text-subtle" strokeWidth={1.75} />
                  <span className="truncate">{path}</span>
                  <button
                    type="button"
                    aria-label={`Remove ${path}`}
                    onClick={() => setFiles((now) => now.filter((file) => file.path !== path))}
                    className="flex size-6 items-center justify-center rounded-4 text-subtle hover:text-fg"
                  >
                    <X aria-hidden className="size-3.5" />
                  </button>
                </li>
              ))}
            </ul>
          ) : null}
        </div>
        <div className="flex flex-wrap items-end gap-4">
          <label className="flex flex-col gap-1 text-12 text-muted">
            How they work together
            <select
              value={topology}
              onChange={(event) => setTopology(event.target.value)}
              className={field}
              disabled={topologies.length === 0}
              aria-describedby={`${id}-how`}
            >
              <option value="">as the planner decides</option>
              {topologies.map(({ word }) => (
                <option key={word} value={word}>
                  {word}
                </option>
              ))}
            </select>
          </label>
          <label className="flex flex-col gap-1 text-12 text-muted">
            Agents, at most
            <input
              type="number"
              min={1}
              max={64}
              value={agents}
              onChange={(event) => setAgents(event.target.value)}
              placeholder="any"
              className={`${field} w-24`}
            />
          </label>
          <label className="flex min-w-0 flex-col gap-1 text-12 text-muted">
            Model
            <select value={model} onChange={(event) => setModel(event.target.value)} className={`${field} max-w-64`}>
              <option value="">as the router decides</option>
              {models.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.label} {each.paid ? "(paid)" : ""}
                </option>
              ))}
            </select>
          </label>
          {paid ? (
            <label className="flex flex-col gap-1 text-12 text-muted">
              Spend at most, US dollars
              <input
                type="number"
                min={0}
                step="0.01"
                required
                value={budget}
                onChange={(event) => setBudget(event.target.value)}
                className={`${field} w-28`}
              />
            </label>
          ) : null}
          <Button onClick={() => setPreview((now) => !now)} aria-expanded={preview} disabled={task.trim() === ""} className="ml-auto">
            {preview ? "Hide the team" : "Show the team"}
          </Button>
          <Button type="submit" look="primary" disabled={busy || task.trim() === ""}>
            {busy ? "Starting…" : where === "tab" ? "Run in this tab" : "Run"}
          </Button>
        </div>
        <p id={`${id}-how`} className="text-13 text-muted empty:hidden">
          {topologies.find(({ word }) => word === topology)?.description}
        </p>
        <TopologyWords words={topologies} chosen={topology} onChoose={setTopology} />
        {preview && planned.task.trim() !== "" ? (
          <Suspense fallback={<Loading what="Planning the team" />}>
            <TeamPreview request={planned} />
          </Suspense>
        ) : null}
        {planned.task.trim() !== "" ? <ForecastLine request={planned} paid={paid} /> : null}
        {failure !== undefined ? <Failed error={failure} what="The task was not started" /> : null}
      </form>
    </section>
  );
}

/** The value once it has not changed for that many milliseconds. */
function useSettled<T>(value: T, afterMs: number): T {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(text) as T), afterMs);
    return () => clearTimeout(timer);
  }, [text, afterMs]);
  return settled;
}
