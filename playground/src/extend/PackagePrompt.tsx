import type { PackageConsent, PackageReport } from "@orrery/sdk";
import { ShieldAlert, ShieldCheck } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Button } from "../ui/Button.tsx";
import { bytes } from "../ui/format.ts";
import { budgetLine, PackageBudget, readSums, type Sums, sumsOf } from "./PackageBudget.tsx";

/** What a package would be able to do, in words, before anything of it runs. Nothing is granted that is not ticked. */
export function PackagePrompt({
  report,
  busy,
  onInstall,
  onCancel,
}: {
  report: PackageReport;
  busy: boolean;
  onInstall(consent: PackageConsent): void;
  onCancel(): void;
}) {
  const { id, version, title, description, capabilities, budget, hooks, settings, signer, changes } = report;
  const [granted, setGranted] = useState<readonly string[]>(changes?.granted ?? []);
  const kept = changes?.budget?.granted;
  const [sums, setSums] = useState<Sums | undefined>(budget && kept && kept.runUsd > 0 && kept.dayUsd > 0 ? sumsOf(kept) : undefined);
  const [agreed, setAgreed] = useState<readonly string[]>([]);
  const heading = useRef<HTMLHeadingElement>(null);
  const name = useId();
  useEffect(() => heading.current?.focus(), []);
  const toggle = (list: readonly string[], each: string) => (list.includes(each) ? list.filter((other) => other !== each) : [...list, each]);

  const questions = [
    ...(signer === undefined ? [{ key: "unsigned", words: "Nobody signed it. I install it all the same." }] : []),
    ...(changes?.keyChanged
      ? [{ key: "newKey", words: `It is signed by ${signer ?? "nobody"}, the installed one by ${changes.fromSigner ?? "nobody"}. I agree to that.` }]
      : []),
    ...(changes?.downgrade ? [{ key: "force", words: `It is older than the installed ${changes.from}. I want to go back.` }] : []),
    ...(changes?.otherBytes ? [{ key: "force", words: `${changes.from} is installed with other contents. I agree to the change.` }] : []),
  ];
  const open = questions.some(({ key }) => !agreed.includes(key));
  const spends = budget && sums ? readSums(sums, budget) : undefined;
  const install = () => onInstall({ grant: granted, ...(spends ? { budget: spends } : {}), ...Object.fromEntries(questions.map(({ key }) => [key, true])) });
  /** Money for models is of use only to one that may use them. */
  const grant = (names: readonly string[]) => {
    setGranted(names);
    if (!names.includes("model.call")) setSums(undefined);
  };
  const spend = (next: Sums | undefined) => {
    setSums(next);
    if (next && !granted.includes("model.call")) setGranted([...granted, "model.call"]);
  };
  return (
    <section
      aria-labelledby={name}
      onKeyDown={(event) => event.key === "Escape" && !busy && onCancel()}
      className="flex flex-col gap-4 rounded-12 border border-control bg-surface p-5"
    >
      <header className="flex flex-col gap-1">
        <h2 id={name} ref={heading} tabIndex={-1} className="break-words text-16 font-semibold">
          {changes ? `Update ${title} from ${changes.from} to ${version}?` : `Install ${title} ${version}?`}
        </h2>
        <p className="break-words text-12 text-subtle">
          {id} · {bytes(report.size)}
          {report.licence ? ` · ${report.licence}` : ""}
        </p>
        <Signer signer={signer} />
        {description ? <p className="max-w-[75ch] break-words text-muted">{description}</p> : null}
      </header>
      {changes ? <Changes changes={changes} budget={budget} /> : null}
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 font-medium">It asks to be allowed to</legend>
        {capabilities.length === 0 ? <p className="text-muted">nothing beyond what is below.</p> : null}
        {capabilities.map((each) => (
          <Tick key={each.name} checked={granted.includes(each.name)} onChange={() => grant(toggle(granted, each.name))}>
            {each.words}
            {changes?.added.includes(each.name) ? <Tag>new</Tag> : null}
            <span className="block text-muted">Because: {each.reason}</span>
            <code className="block break-all font-mono text-12 text-subtle">{each.name}</code>
          </Tick>
        ))}
        {budget ? (
          <PackageBudget budget={budget} sums={sums} onChange={spend}>
            {changes?.budget?.more ? <Tag>more</Tag> : null}
          </PackageBudget>
        ) : null}
        {capabilities.length > 1 ? (
          <div className="flex flex-wrap gap-2">
            <Button size="small" look="quiet" onClick={() => grant(capabilities.map((each) => each.name))}>
              Allow all
            </Button>
            <Button size="small" look="quiet" onClick={() => grant([])}>
              Allow none
            </Button>
          </div>
        ) : null}
      </fieldset>
      <div className="flex flex-col gap-2">
        <h3 className="font-medium">Whatever you allow, it will</h3>
        <ul className="list-disc ps-5 text-14">
          {hooks.length === 0 ? <li className="text-muted">take part in nothing by itself</li> : null}
          {hooks.map((hook) => (
            <li key={hook.name}>
              {hook.words}
              {changes?.hooksAdded.includes(hook.name) ? <Tag>new</Tag> : null}
            </li>
          ))}
        </ul>
        <p className="text-13 text-muted">It runs in a sandbox: it has no network, no files and no memory of yours but through what you allow.</p>
      </div>
      {settings.length > 0 ? (
        <div className="flex flex-col gap-2">
          <h3 className="font-medium">It can be set</h3>
          <ul className="list-disc ps-5 text-14">
            {settings.map(({ name: setting, takes, default: usual, needed, description: about }) => (
              <li key={setting} className="break-words">
                <code className="font-mono text-12">{setting}</code>: {takes}
                {usual === undefined ? (needed ? "; it needs one" : "") : `; ${JSON.stringify(usual)} when nothing is said`}
                {about ? <span className="block text-muted">{about}</span> : null}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {questions.length > 0 ? (
        <fieldset className="flex flex-col gap-2 rounded-8 border border-warn p-3">
          <legend className="px-1 text-13 font-medium text-warn">To be agreed to</legend>
          {questions.map(({ key, words }) => (
            <Tick key={words} checked={agreed.includes(key)} onChange={() => setAgreed((now) => toggle(now, key))}>
              {words}
            </Tick>
          ))}
        </fieldset>
      ) : null}
      <div className="flex flex-wrap items-center gap-2">
        <Button look="primary" onClick={install} disabled={busy || open || (sums !== undefined && !spends)}>
          {busy ? "Installing…" : changes ? "Update" : "Install"}
        </Button>
        <Button onClick={onCancel} disabled={busy}>
          Cancel
        </Button>
        {open ? <span className="text-13 text-muted">Agree to what is framed above first.</span> : null}
      </div>
    </section>
  );
}

/** Who signed a package; that nobody did is a warning. */
export function Signer({ signer }: { signer: string | undefined }) {
  return signer === undefined ? (
    <p className="flex items-center gap-1.5 text-13 font-medium text-warn">
      <ShieldAlert aria-hidden className="size-4 shrink-0" strokeWidth={1.75} /> Not signed: nobody can tell whom it is from.
    </p>
  ) : (
    <p className="flex items-start gap-1.5 text-13 text-muted">
      <ShieldCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" strokeWidth={1.75} />
      <span className="break-all">
        Signed with the key <span className="font-mono text-12">{signer}</span>
      </span>
    </p>
  );
}

function Changes({ changes, budget }: { changes: NonNullable<PackageReport["changes"]>; budget: PackageReport["budget"] }) {
  const [before, now] = [changes.budget?.from, budget].map((each) => budgetLine(each ?? { runUsd: 0, dayUsd: 0 }));
  const lines = [
    ...(changes.budget && before !== now ? [{ sign: changes.budget.more ? "+" : "−", words: `asks to spend ${now}; before: ${before}` }] : []),
    ...changes.added.map((each) => ({ sign: "+", words: `asks for ${each}` })),
    ...changes.removed.map((each) => ({ sign: "−", words: `asks no longer for ${each}` })),
    ...changes.hooksAdded.map((each) => ({ sign: "+", words: `takes part in ${each}` })),
    ...changes.hooksRemoved.map((each) => ({ sign: "−", words: `takes no longer part in ${each}` })),
  ];
  return (
    <div className="rounded-8 border border-line bg-bg p-3 text-13">
      <h3 className="mb-1 font-medium">What changes for it</h3>
      {lines.length === 0 ? <p className="text-muted">It asks for what it had.</p> : null}
      <ul className="font-mono text-12">
        {lines.map(({ sign, words }) => (
          <li key={words} className={`break-all ${sign === "+" ? "text-warn" : "text-muted"}`}>
            {sign} {words}
          </li>
        ))}
      </ul>
    </div>
  );
}

const Tag = ({ children }: { children: ReactNode }) => (
  <span className="ms-2 rounded-4 border border-warn px-1.5 text-12 font-medium text-warn">{children}</span>
);

function Tick({ checked, onChange, children }: { checked: boolean; onChange(): void; children: ReactNode }) {
  return (
    <label className="flex items-start gap-3 text-14">
      <input type="checkbox" checked={checked} onChange={onChange} className="mt-1 size-4 shrink-0 accent-[var(--accent)]" />
      <span className="min-w-0 break-words">{children}</span>
    </label>
  );
}
