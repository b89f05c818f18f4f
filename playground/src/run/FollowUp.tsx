import { Link, useNavigate } from "@tanstack/react-router";
import { ArrowUp } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { useModels } from "../client/queries.ts";
import { Button } from "../ui/Button.tsx";
import { Failed } from "../ui/States.tsx";
import type { RunView } from "./run-view.ts";

/** Goes on with the conversation: the same documents, and what came before in mind. */
export function FollowUp({ thread, again }: { thread: string | undefined; again: RunView }) {
  const { client } = useKernel();
  const navigate = useNavigate();
  const { data: models = [] } = useModels();
  const [question, setQuestion] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const id = useId();
  if (thread === undefined) return null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    try {
      const { runId } = await client.submit({ task: question, thread });
      await navigate({ to: "/run/$runId", params: { runId } });
    } catch (thrown) {
      setFailure(thrown);
      setBusy(false);
    }
  };
  const onlyExtractive = again.steps.length > 0 && again.steps.every(({ route }) => route?.model.startsWith("orrery/"));
  const generative = models.some(({ kind, state }) => kind === "generative" && state !== "unreachable");
  return (
    <section aria-label="Go on" className="flex flex-col gap-3">
      <form onSubmit={(event) => void submit(event)} className="flex items-end gap-2 rounded-12 border border-line bg-surface p-3">
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <label htmlFor={id} className="text-13 font-medium text-muted">
            Ask a follow-up about the same documents
          </label>
          <input
            id={id}
            value={question}
            onChange={(event) => setQuestion(event.target.value)}
            placeholder="And what about…?"
            className="h-9 w-full rounded-8 border border-control bg-surface px-3 text-16"
          />
        </div>
        <Button type="submit" look="primary" disabled={busy || question.trim() === ""} aria-label="Ask">
          <ArrowUp aria-hidden className="size-4" strokeWidth={2} />
        </Button>
      </form>
      {failure !== undefined ? <Failed error={failure} what="The follow-up was not started" /> : null}
      {onlyExtractive && !generative ? (
        <p className="text-13 text-muted">
          The built-in engine selected and arranged these sentences; it writes none of its own.{" "}
          <Link to="/extend/models" className="text-accent underline underline-offset-2">
            Connect a model
          </Link>{" "}
          to run the same team on it.
        </p>
      ) : null}
    </section>
  );
}
