import { Check, X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { Button } from "../ui/Button.tsx";
import { Failed } from "../ui/States.tsx";
import { Status } from "../ui/Status.tsx";
import { useSteering } from "./use-steering.ts";

interface ApprovalCardProps {
  run: string;
  gate: string;
  ask: string;
  agent?: string | undefined;
  path?: string | undefined;
  /** What is to be approved, where there is something already. */
  children?: ReactNode;
  onDecided?(): void;
}

/** One question to a person. `a` approves, inside the card and nowhere else. */
export function ApprovalCard({ run, gate, ask, agent, path, children, onDecided }: ApprovalCardProps) {
  const { busy, failure, tell } = useSteering(run);
  const [note, setNote] = useState("");
  const id = useId();
  const decide = async (decision: "approve" | "deny") => {
    if (busy) return;
    if (await tell({ do: decision, gate, ...(note.trim() ? { note: note.trim() } : {}) })) onDecided?.();
  };
  const onKey = (event: KeyboardEvent) => {
    const typing = event.target instanceof HTMLElement && ["INPUT", "TEXTAREA"].includes(event.target.tagName);
    if (event.key !== "a" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    void decide("approve");
  };
  return (
    <section
      aria-labelledby={id}
      onKeyDown={onKey}
      tabIndex={-1}
      className="flex flex-col gap-3 rounded-12 border border-waiting bg-surface p-5 outline-offset-2"
    >
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <Status state="waiting" />
        <p className="text-12 text-subtle">
          <code className="font-mono">{gate}</code>
          {agent === undefined ? " · before the outcome is final" : ` · ${agent}`}
          {path === undefined ? "" : ` · ${path}`}
        </p>
      </div>
      <h3 id={id} className="max-w-[68ch] whitespace-pre-wrap break-words text-16 font-semibold">
        {ask}
      </h3>
      {children}
      <label className="flex flex-col gap-1 text-12 text-muted">
        A note, if you like: the agents are told when you deny
        <input
          value={note}
          onChange={(event) => setNote(event.target.value)}
          className="h-9 w-full rounded-8 border border-control bg-surface px-2 text-14 text-fg"
        />
      </label>
      <div className="flex flex-wrap items-center gap-2">
        <Button look="primary" onClick={() => void decide("approve")} disabled={busy !== undefined} aria-keyshortcuts="a">
          <Check aria-hidden className="size-4" strokeWidth={2} />
          {busy === "approve" ? "Approving…" : "Approve"}
        </Button>
        <Button onClick={() => void decide("deny")} disabled={busy !== undefined}>
          <X aria-hidden className="size-4" strokeWidth={2} />
          {busy === "deny" ? "Denying…" : "Deny"}
        </Button>
        <span className="hidden text-12 text-subtle sm:inline">
          <kbd className="font-sans">a</kbd> approves while this card has the focus
        </span>
      </div>
      {failure !== undefined ? <Failed error={failure} what="Your decision was not taken" /> : null}
    </section>
  );
}
