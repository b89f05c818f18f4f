import type { InstalledPackage, PackageAudit } from "@orrery/sdk";
import { Package, RotateCcw, Trash2, Undo2 } from "lucide-react";
import { useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { queries, usePackageAudit, usePackages, usePlugins } from "../client/queries.ts";
import { Button } from "../ui/Button.tsx";
import { ago, money, plural } from "../ui/format.ts";
import { Failed, Notice } from "../ui/States.tsx";
import { Status } from "../ui/Status.tsx";
import { BudgetChange } from "./BudgetChange.tsx";
import { budgetLine } from "./PackageBudget.tsx";
import { Signer } from "./PackagePrompt.tsx";
import { SettingsDoor } from "./SettingsDoor.tsx";

/** The plugins somebody installed here: what each may do, what it did, and what it was refused, as it happens. */
export function InstalledPackages() {
  const { data, error } = usePackages();
  if (error) return <Failed error={error} what="The installed plugins could not be listed" />;
  if (!data) return null;
  if (data.length === 0) return <Notice icon={Package} title="No plugin of anybody else's is installed" />;
  return (
    <ul className="flex flex-col gap-3" aria-label="Installed plugins">
      {data.map((each) => (
        <Installed key={each.id} installed={each} />
      ))}
    </ul>
  );
}

function Installed({ installed }: { installed: InstalledPackage }) {
  const { id, title, version, signer, problem, held, running, installedAt } = installed;
  const plugin = usePlugins().data?.find((each) => each.id === id);
  const audit = usePackageAudit(id);
  const denials = audit.data?.capabilities.reduce((sum, each) => sum + each.denials, 0) ?? 0;
  return (
    <li className="flex flex-col gap-3 rounded-12 border border-line bg-surface p-4" aria-label={title}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="min-w-0 break-words font-semibold">{title}</h2>
        {held ? (
          <span role="status" className="rounded-4 border border-error px-1.5 text-12 font-medium text-error">
            quarantined
          </span>
        ) : plugin ? (
          <Status state={plugin.state} />
        ) : null}
        <span className="min-w-0 break-words text-12 text-subtle">
          {id} {version} · installed {ago(installedAt)}
        </span>
        {denials > 0 ? (
          <span role="status" className="rounded-4 border border-error px-1.5 text-12 font-medium text-error">
            {plural(denials, "denial")}
          </span>
        ) : null}
      </div>
      <Signer signer={signer} />
      {problem ? (
        <p role="alert" className="break-words text-13 text-error">
          {running === undefined ? null : `Installed ${version}, running ${running}. `}
          {problem.code}: {problem.message} {problem.do}
        </p>
      ) : null}
      {audit.error ? <Failed error={audit.error} what="What it did could not be told" /> : null}
      {audit.data ? <Capabilities audit={audit.data} /> : null}
      {audit.data?.budget ? <Spending id={id} title={title} budget={audit.data.budget} /> : null}
      <SettingsDoor id={id} title={title} />
      <div className="flex flex-wrap items-start gap-2">
        <Ways installed={installed} />
        <Remove id={id} title={title} />
      </div>
    </li>
  );
}

/** Out of quarantine, and back to the version before. */
function Ways({ installed: { id, title, held, previous } }: { installed: InstalledPackage }) {
  const { client, where } = useKernel();
  const [failure, setFailure] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const go = async (way: ((id: string) => Promise<unknown>) | undefined) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await way?.(id);
    } catch (thrown) {
      setFailure(thrown);
    } finally {
      setBusy(false);
      void queries.invalidateQueries({ queryKey: [where] });
    }
  };
  return (
    <>
      {held && client.resumePackage ? (
        <Button size="small" look="quiet" disabled={busy} onClick={() => void go(client.resumePackage)} aria-label={`Start again: ${title}`}>
          <RotateCcw aria-hidden className="size-3.5" strokeWidth={1.75} /> Start again
        </Button>
      ) : null}
      {previous && client.rollbackPackage ? (
        <Button size="small" look="quiet" disabled={busy} onClick={() => void go(client.rollbackPackage)} aria-label={`Back to ${previous.version}: ${title}`}>
          <Undo2 aria-hidden className="size-3.5" strokeWidth={1.75} /> Back to {previous.version}
        </Button>
      ) : null}
      {failure === undefined ? null : <Failed error={failure} what={`Nothing was changed of ${title}`} />}
    </>
  );
}

function Capabilities({ audit: { capabilities } }: { audit: PackageAudit }) {
  if (capabilities.length === 0) return <p className="text-13 text-muted">It asked for nothing beyond its taps.</p>;
  return (
    <ul className="divide-y divide-line rounded-8 border border-line text-13">
      {capabilities.map(({ name, words, declared, granted, usedAt, denials }) => (
        <li key={name} className="flex flex-wrap items-baseline gap-x-3 px-3 py-2">
          <span className="min-w-0 flex-1 basis-48 break-words">{words}</span>
          <span className={granted ? "text-ok" : "text-warn"}>{granted ? "allowed" : declared ? "denied" : "never asked for"}</span>
          <span className="text-muted">{usedAt === undefined ? "not used" : `used ${ago(usedAt)}`}</span>
          {denials > 0 ? <span className="font-medium text-error">refused {plural(denials, "time")}</span> : null}
        </li>
      ))}
    </ul>
  );
}

/** What it may spend, by what it was granted and what the settings leave of that, and what of it is gone today. */
function Spending({ id, title, budget }: { id: string; title: string; budget: NonNullable<PackageAudit["budget"]> }) {
  const { asked, granted, holds, spentTodayUsd } = budget;
  const held = budgetLine(holds) === budgetLine(granted) ? "" : `; by the settings ${budgetLine(holds)}`;
  return (
    <div className="flex flex-wrap items-baseline gap-x-3 gap-y-2 text-13">
      <span className="min-w-0 flex-1 basis-48 break-words">
        May spend {budgetLine(granted)}
        {held}
        <span className="text-subtle"> (it asked for {budgetLine(asked)})</span>
      </span>
      <span className="tabular-nums text-muted">
        {money(spentTodayUsd * 1e6)} of {money(holds.dayUsd * 1e6)} spent today
      </span>
      <BudgetChange id={id} title={title} asked={asked} granted={granted} />
    </div>
  );
}

/** Asks once more, in place: what it kept cannot be brought back. */
function Remove({ id, title }: { id: string; title: string }) {
  const { client, where } = useKernel();
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const remove = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      await client.removePackage?.(id);
    } catch (thrown) {
      setFailure(thrown);
    } finally {
      await queries.invalidateQueries({ queryKey: [where] });
      setBusy(false);
      setAsked(false);
    }
  };
  if (!asked) {
    return (
      <div className="flex flex-col items-start gap-2">
        <Button size="small" look="quiet" onClick={() => setAsked(true)} aria-label={`Remove ${title}`}>
          <Trash2 aria-hidden className="size-3.5" strokeWidth={1.75} /> Remove
        </Button>
        {failure === undefined ? null : <Failed error={failure} what={`${title} was not removed`} />}
      </div>
    );
  }
  return (
    <div
      role="group"
      aria-label={`Remove ${title}?`}
      className="flex flex-wrap items-center gap-2"
      onKeyDown={(event) => event.key === "Escape" && !busy && setAsked(false)}
    >
      <p className="text-13">Remove {title}, what it was allowed and everything it kept? That cannot be undone.</p>
      <Button autoFocus size="small" disabled={busy} onClick={() => setAsked(false)}>
        Keep it
      </Button>
      <Button size="small" disabled={busy} onClick={() => void remove()} className="!border-error !text-error">
        {busy ? "Removing…" : "Remove for good"}
      </Button>
    </div>
  );
}
