import { useId } from "react";
import { plural } from "../ui/format.ts";
import type { Turn } from "./agent-view.ts";

interface RoundsProps {
  turns: Turn[];
  /** The round that is looked at; the newest when undefined. */
  round: number | undefined;
  onRound(round: number | undefined): void;
}

/** Which round it is, and the way back to the team as it stood after an earlier one. */
export function Rounds({ turns, round, onRound }: RoundsProps) {
  const id = useId();
  if (turns.length < 2) return null;
  const last = turns.length - 1;
  const at = Math.min(round ?? last, last);
  const turn = turns[at];
  const done = turn?.steps.filter(({ state }) => state === "done").length ?? 0;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2 text-13">
      <label htmlFor={id} className="font-medium first-letter:uppercase">
        {turn?.name}
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={last}
        value={at}
        aria-valuetext={`${turn?.name ?? ""}, ${at + 1} of ${turns.length}`}
        onChange={(event) => onRound(Number(event.target.value) === last ? undefined : Number(event.target.value))}
        className="h-6 min-w-24 flex-1 accent-accent"
      />
      <span className="text-muted">
        {at + 1} of {turns.length}
        {at === last ? "" : ", looking back"} · {done} of {plural(turn?.steps.length ?? 0, "step")} done
      </span>
    </div>
  );
}
