import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Kept } from "@orrery/sdk";
import { useState } from "react";
import { HardDrive } from "lucide-react";
import { useKept } from "../client/queries.ts";
import { Button, buttonClass } from "../ui/Button.tsx";
import { bytes, plural } from "../ui/format.ts";
import { Failed, Loading, Notice } from "../ui/States.tsx";
import { RetentionForm } from "./RetentionForm.tsx";
import { RunSizes } from "./RunSizes.tsx";

/** What is kept here of runs, how much room it takes, and which of them go. */
export function KeptRoom() {
  const { data, error, isPending } = useKept();
  // Here, since the form begins anew with what was saved.
  const [said, setSaid] = useState("");
  return (
    <div className="flex flex-1 flex-col gap-4">
      <h1 className="text-20 font-semibold">What is kept</h1>
      {error ? <Failed error={error} what="What is kept could not be read" /> : null}
      {isPending ? <Loading what="Measuring" /> : null}
      {data ? <Room kept={data} /> : null}
      {data !== undefined ? <RetentionForm key={JSON.stringify(data?.retention)} kept={data} said={said} onSaid={setSaid} /> : null}
      {data ? <Runs runs={data.runs} /> : null}
    </div>
  );
}

const sumOf = (runs: Kept["runs"]): number => runs.reduce((sum, run) => sum + run.bytes, 0);

/** Of this browser: what the origin takes, what it may, and whether the browser may clear it. */
function Room({ kept: { runs } }: { kept: Kept }) {
  const { data, refetch } = useQuery({
    queryKey: ["tab", "room"],
    queryFn: async () => ({ ...(await navigator.storage?.estimate?.()), safe: await navigator.storage?.persisted?.() }),
  });
  const [said, setSaid] = useState("");
  const ask = async () => {
    const granted = await navigator.storage?.persist?.();
    setSaid(granted ? "" : "The browser said no. It may say yes once you use this page more, or keep it as a bookmark or an app.");
    await refetch();
  };
  const { usage, quota, safe } = data ?? {};
  return (
    <section aria-labelledby="room" className="flex flex-col gap-3 rounded-12 border border-line bg-surface p-4">
      <h2 id="room" className="font-semibold">
        Room
      </h2>
      {usage === undefined || quota === undefined ? null : (
        <>
          <div
            role="meter"
            aria-label="Room taken"
            aria-valuemin={0}
            aria-valuemax={quota}
            aria-valuenow={usage}
            aria-valuetext={`${bytes(usage)} of ${bytes(quota)}`}
            className="h-1.5 max-w-120 overflow-hidden rounded-full bg-raised"
          >
            <div className="h-full bg-accent" style={{ width: `${Math.min(100, (usage / Math.max(1, quota)) * 100)}%` }} />
          </div>
          <p className="text-14">
            {bytes(usage)} of the {bytes(quota)} that this browser allows this page.
          </p>
        </>
      )}
      <p className="text-14 text-muted">
        {plural(runs.length, "run")}: {bytes(sumOf(runs))}. The rest is the page itself, its models, plugins and what agents remember.
      </p>
      {safe === undefined ? null : (
        <div className="flex flex-wrap items-center gap-3 text-14">
          <p>
            {safe ? "The browser keeps all of it until you clear it." : "The browser may clear all of it when it runs short of room; export the runs you need."}
          </p>
          {safe ? null : (
            <Button size="small" onClick={() => void ask()}>
              Ask the browser to keep it
            </Button>
          )}
        </div>
      )}
      <p role="status" className="text-13 text-muted empty:hidden">
        {said}
      </p>
    </section>
  );
}

const shown = 50;

function Runs({ runs }: { runs: Kept["runs"] }) {
  if (runs.length === 0) {
    return (
      <Notice icon={HardDrive} title="No run is kept yet">
        <Link to="/" className={buttonClass()}>
          Run the example
        </Link>
      </Notice>
    );
  }
  const largest = runs.toSorted((a, b) => b.bytes - a.bytes).slice(0, shown);
  return (
    <section aria-labelledby="by-run" className="flex flex-col gap-2">
      <h2 id="by-run" className="font-semibold">
        By run{runs.length > shown ? `, the largest ${shown}` : ""}
      </h2>
      <RunSizes runs={largest} label="Runs by their size" />
    </section>
  );
}
