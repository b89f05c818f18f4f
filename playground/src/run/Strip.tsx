import { plural } from "../ui/format.ts";
import { statusWord } from "../ui/Status.tsx";
import type { Turn } from "./agent-view.ts";
import { type Cell, cellsOf, votesOf } from "./ballot.ts";

const tones: Record<Cell["state"], string> = {
  pending: "bg-raised",
  running: "bg-running",
  judging: "bg-running",
  retrying: "bg-warn",
  failed: "bg-error",
  cancelled: "bg-control",
  done: "bg-ok",
};
const mostCells = 240;
const mostVotes = 5;

/** A long chain of small steps: how far it is, and how the step that is looked at was voted on. */
export function Strip({ turns, round, onRound }: { turns: Turn[]; round: number | undefined; onRound(round: number | undefined): void }) {
  const last = turns.length - 1;
  const at = Math.min(round ?? last, last);
  const cells = cellsOf(turns, mostCells);
  const votes = votesOf(turns[at]);
  const drawn = turns[at]?.steps.length ?? 0;
  const settled = turns.filter(({ steps }) => steps.some(({ state }) => state === "done")).length;
  return (
    <section aria-label="Steps and votes" className="flex flex-col gap-3 border-b border-line px-4 py-3 text-13">
      <p className="text-muted">
        {plural(settled, "step")} answered,{" "}
        {plural(
          turns.reduce((sum, { steps }) => sum + steps.length, 0),
          "sample",
        )}{" "}
        drawn
        {cells.some(({ from, to }) => to > from) ? `; a cell stands for up to ${(cells[0]?.to ?? 0) + 1} steps` : ""}
      </p>
      <div className="flex flex-wrap gap-0.5">
        {cells.map(({ from, to, state, samples }) => (
          <button
            key={from}
            type="button"
            tabIndex={-1}
            title={`${from === to ? `step ${from}` : `steps ${from} to ${to}`}: ${statusWord(state)}, ${plural(samples, "sample")}`}
            aria-hidden
            onClick={() => onRound(to >= last ? undefined : to)}
            className={`size-3 rounded-[2px] ${tones[state]} ${at >= from && at <= to ? "outline outline-2 outline-offset-1 outline-accent" : ""}`}
          />
        ))}
      </div>
      <div>
        <h3 className="text-12 font-medium text-subtle">
          Votes on step {at}, of {plural(drawn, "sample")}
        </h3>
        {votes.length === 0 ? <p className="text-muted">None is counted yet.</p> : null}
        <ul className="flex flex-col gap-1 pt-1">
          {votes.slice(0, mostVotes).map(({ answer, votes: count }) => (
            <li key={answer} className="grid grid-cols-[3rem_minmax(0,1fr)] items-center gap-2">
              <span className="text-end font-medium">{count}</span>
              <span className="relative min-w-0 truncate rounded-4 px-2 py-0.5">
                <span aria-hidden className="absolute inset-y-0 start-0 rounded-4 bg-raised" style={{ width: `${(100 * count) / Math.max(1, drawn)}%` }} />
                <span className="relative">{answer}</span>
              </span>
            </li>
          ))}
        </ul>
        {votes.length > mostVotes ? <p className="text-muted">and {plural(votes.length - mostVotes, "other answer")}</p> : null}
      </div>
    </section>
  );
}
