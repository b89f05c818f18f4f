import type { Kept, KeptRuns, RunSummary } from "@orrery/sdk";
import { type FormEvent, useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { queries } from "../client/queries.ts";
import { Button } from "../ui/Button.tsx";
import { bytes, plural } from "../ui/format.ts";
import { NumberField } from "../ui/NumberField.tsx";
import { Failed } from "../ui/States.tsx";
import { RunSizes } from "./RunSizes.tsx";

const dayMs = 86_400_000;
const megabyte = 1_000_000;
interface Bounds {
  days: string;
  keep: string;
  megabytes: string;
}

const boundsOf = ({ olderThanMs, keep, bytes: room }: KeptRuns): Bounds => ({
  days: olderThanMs === undefined ? "" : String(olderThanMs / dayMs),
  keep: keep === undefined ? "" : String(keep),
  megabytes: room === undefined ? "" : String(room / megabyte),
});

/** Undefined for what is no number, or below nothing. An empty field is no bound. */
function readBounds({ days, keep, megabytes }: Bounds): KeptRuns | undefined {
  const [age, count, room] = [days, keep, megabytes].map((text) => (text.trim() === "" ? undefined : Number(text)));
  if ([age, count, room].some((each) => each !== undefined && !(each >= 0)) || (count !== undefined && !Number.isInteger(count))) return undefined;
  return {
    ...(age === undefined ? {} : { olderThanMs: age * dayMs }),
    ...(count === undefined ? {} : { keep: count }),
    ...(room === undefined ? {} : { bytes: room * megabyte }),
  };
}

/** Which runs go: once, or from now on. What would go is shown first, since nothing brings it back. `said` is what came of the last time. */
export function RetentionForm({ kept, said, onSaid }: { kept: Kept | null; said: string; onSaid(said: string): void }) {
  const { client, where } = useKernel();
  const [bounds, setBounds] = useState(() => boundsOf(kept?.retention ?? {}));
  const [asked, setAsked] = useState<{ going: RunSummary[]; lasting: boolean; retention: KeptRuns }>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const read = readBounds(bounds);
  const unbound = read !== undefined && Object.keys(read).length === 0;
  const trying = async (work: () => Promise<void>) => {
    setFailure(undefined);
    onSaid("");
    try {
      await work();
    } catch (thrown) {
      setFailure(thrown);
    }
  };
  const carryOut = ({ retention, lasting, going }: NonNullable<typeof asked>) =>
    trying(async () => {
      setBusy(true);
      try {
        if (lasting) await client.keepRuns?.(retention);
        else await client.pruneRuns(retention);
      } finally {
        setBusy(false);
        setAsked(undefined);
      }
      onSaid(`${lasting ? "Saved. " : ""}${going.length === 0 ? "Nothing had to go." : `${plural(going.length, "run")} taken out.`}`);
      void queries.invalidateQueries({ queryKey: [where] });
    });
  const ask = (lasting: boolean) =>
    trying(async () => {
      if (!read) return;
      const going = await client.pruneRuns({ ...read, dryRun: true });
      if (going.length > 0) setAsked({ going, lasting, retention: read });
      else await carryOut({ going, lasting, retention: read });
    });
  const field = (name: keyof Bounds, label: string) => (
    <NumberField
      label={label}
      whole={name === "keep"}
      value={bounds[name]}
      onChange={(value) => {
        setBounds({ ...bounds, [name]: value });
        setAsked(undefined);
        onSaid("");
      }}
    />
  );
  return (
    <section aria-labelledby="keep" className="flex flex-col gap-3 rounded-12 border border-line bg-surface p-4">
      <h2 id="keep" className="font-semibold">
        Which runs stay
      </h2>
      <p className="max-w-[75ch] text-14 text-muted">
        A run that is over goes when it ended longer ago than that and is beyond the newest; set one alone and that one counts. Where the newer ones take all
        the megabytes, the older go in any case. Its files go with it, and documents that no other run was given. Nothing set: everything stays. A run that has
        not ended always stays.
        {kept ? null : " What the server keeps to by itself is in its settings retention.days, retention.keep and retention.megabytes."}
      </p>
      <form
        className="flex flex-wrap items-end gap-3 text-13"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void ask(kept !== null);
        }}
      >
        {field("days", "Older than, in days")}
        {field("keep", "Beyond the newest")}
        {field("megabytes", "Beyond, in megabytes")}
        {kept ? (
          <Button type="submit" disabled={!read || busy || asked !== undefined}>
            Save
          </Button>
        ) : null}
        <Button
          type={kept ? "button" : "submit"}
          {...(kept ? { onClick: () => void ask(false) } : {})}
          disabled={!read || unbound || busy || asked !== undefined}
        >
          Prune now
        </Button>
      </form>
      {read ? null : (
        <p role="alert" className="text-13 text-error">
          Give numbers from 0 up, and a whole number of runs.
        </p>
      )}
      {asked ? <Going {...asked} busy={busy} sizes={kept?.runs ?? []} onStay={() => setAsked(undefined)} onGo={() => void carryOut(asked)} /> : null}
      {failure === undefined ? null : <Failed error={failure} what="Nothing was changed" />}
      <p role="status" className="text-13 text-muted empty:hidden">
        {said}
      </p>
    </section>
  );
}

interface GoingProps {
  going: RunSummary[];
  lasting: boolean;
  /** They are being taken out. */
  busy: boolean;
  sizes: readonly RunSummary[];
  onStay(): void;
  onGo(): void;
}
function Going({ going, lasting, busy, sizes, onStay, onGo }: GoingProps) {
  const runs = going.map((run) => sizes.find((each) => each.run === run.run) ?? run);
  const room = bytes(runs.reduce((sum, run) => sum + run.bytes, 0));
  return (
    <div role="group" aria-label="What would go" className="flex flex-col gap-3" onKeyDown={(event) => event.key === "Escape" && !busy && onStay()}>
      <p className="text-14">
        {plural(runs.length, "run")} with {room} would go now{lasting ? ", and others as they come" : ""}. That cannot be undone; a run's trace exports it.
      </p>
      <RunSizes runs={runs} label="Runs that would go" />
      <div className="flex flex-wrap gap-2">
        <Button autoFocus size="small" disabled={busy} onClick={onStay}>
          Keep them
        </Button>
        <Button size="small" disabled={busy} onClick={onGo} className="!border-error !text-error">
          {busy ? "Taking out…" : "Take out for good"}
        </Button>
      </div>
    </div>
  );
}
