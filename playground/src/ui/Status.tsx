import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDollarSign,
  CirclePause,
  CircleX,
  LoaderCircle,
  type LucideIcon,
  PauseCircle,
  RotateCcw,
} from "lucide-react";

interface Look {
  icon: LucideIcon;
  word: string;
  tone: string;
  spin?: boolean;
}
/** State is always icon, word and colour together. */
const looks: Readonly<Record<string, Look>> = {
  pending: { icon: CircleDashed, word: "not started", tone: "text-subtle" },
  running: { icon: LoaderCircle, word: "running", tone: "text-running", spin: true },
  judging: { icon: LoaderCircle, word: "being judged", tone: "text-running", spin: true },
  retrying: { icon: RotateCcw, word: "retrying", tone: "text-warn" },
  done: { icon: CircleCheck, word: "done", tone: "text-ok" },
  failed: { icon: CircleX, word: "failed", tone: "text-error" },
  cancelled: { icon: Ban, word: "cancelled", tone: "text-muted" },
  accepted: { icon: CircleCheck, word: "accepted", tone: "text-ok" },
  rejected: { icon: CircleX, word: "rejected", tone: "text-error" },
  paused: { icon: CirclePause, word: "paused", tone: "text-warn" },
  gate: { icon: CirclePause, word: "at a gate", tone: "text-waiting" },
  waiting: { icon: CirclePause, word: "waiting for a person", tone: "text-waiting" },
  over_budget: { icon: CircleDollarSign, word: "over budget", tone: "text-warn" },
  interrupted: { icon: PauseCircle, word: "interrupted", tone: "text-warn" },
  active: { icon: CircleCheck, word: "active", tone: "text-ok" },
  suspended: { icon: CirclePause, word: "suspended", tone: "text-warn" },
  open: { icon: LoaderCircle, word: "open", tone: "text-running" },
  ok: { icon: CircleCheck, word: "ok", tone: "text-ok" },
  error: { icon: CircleX, word: "error", tone: "text-error" },
};

export const statusWord = (state: string): string => looks[state]?.word ?? state;

export function Status({ state, word = true, className = "" }: { state: string; word?: boolean; className?: string }) {
  const { icon: Icon, word: name, tone, spin } = looks[state] ?? { icon: CircleAlert, word: state, tone: "text-muted" };
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap text-12 font-medium ${tone} ${className}`}>
      <Icon aria-hidden strokeWidth={2} className={`size-3.5 shrink-0 ${spin ? "animate-spin motion-reduce:animate-none" : ""}`} />
      {word ? name : <span className="sr-only">{name}</span>}
    </span>
  );
}
