import type { ModelBudget } from "@orrery/sdk";
import { type FormEvent, useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { queries } from "../client/queries.ts";
import { Button } from "../ui/Button.tsx";
import { NumberField } from "../ui/NumberField.tsx";
import { Failed } from "../ui/States.tsx";
import { budgetLine, readSums, type Sums, sumsOf } from "./PackageBudget.tsx";

/** Changes what an installed plugin may spend, from now on; no more than it asks for. */
export function BudgetChange({ id, title, asked, granted }: { id: string; title: string; asked: ModelBudget; granted: ModelBudget }) {
  const { client, where } = useKernel();
  const [sums, setSums] = useState<Sums>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const wanted = sums && readSums(sums, asked);
  if (!client.setPackageBudget) return null;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!wanted || busy) return;
    setBusy(true);
    setFailure(undefined);
    try {
      await client.setPackageBudget?.(id, wanted);
      setSums(undefined);
    } catch (thrown) {
      setFailure(thrown);
    } finally {
      setBusy(false);
      void queries.invalidateQueries({ queryKey: [where] });
    }
  };
  if (!sums)
    return (
      <Button size="small" look="quiet" onClick={() => setSums(sumsOf(granted))} aria-label={`Change the budget of ${title}`}>
        Change
      </Button>
    );
  return (
    <form
      noValidate
      aria-label={`Budget of ${title}`}
      onSubmit={(event) => void save(event)}
      onKeyDown={(event) => event.key === "Escape" && !busy && setSums(undefined)}
      className="flex basis-full flex-wrap items-end gap-3"
    >
      <NumberField label="At most a run, in US dollars" value={sums.run} most={asked.runUsd} onChange={(run) => setSums({ ...sums, run })} />
      <NumberField label="At most a day, in US dollars" value={sums.day} most={asked.dayUsd} onChange={(day) => setSums({ ...sums, day })} />
      <Button type="submit" look="primary" disabled={!wanted || busy}>
        {busy ? "Saving…" : "Save budget"}
      </Button>
      <Button disabled={busy} onClick={() => setSums(undefined)}>
        Cancel
      </Button>
      {wanted ? null : (
        <p role="alert" className="basis-full text-error">
          Each is a sum from 0 to what it asks for: {budgetLine(asked)}.
        </p>
      )}
      {failure === undefined ? null : <Failed error={failure} what={`The budget of ${title} was not changed`} />}
    </form>
  );
}
