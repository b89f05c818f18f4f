import type { KernelClient, PackageConsent, PackageReport } from "@orrery/sdk";
import { PackagePlus } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { queries } from "../client/queries.ts";
import { Button } from "../ui/Button.tsx";
import { Failed } from "../ui/States.tsx";
import { PackagePrompt } from "./PackagePrompt.tsx";

type Installer = Pick<Required<KernelClient>, "inspectPackage" | "installPackage">;

/** Takes a plugin's package by drop or by choice, shows what it asks for, and installs it with what was agreed to. */
export function PackageDrop({ inspectPackage, installPackage }: Installer) {
  const { where } = useKernel();
  const [chosen, setChosen] = useState<{ bytes: Uint8Array; report: PackageReport }>();
  const [failure, setFailure] = useState<{ what: string; error: unknown }>();
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const choose = useRef<HTMLButtonElement>(null);

  const inspect = async (file: File | undefined) => {
    if (!file) return;
    if (busy) return setSaid(`${file.name} was not read: drop it once the other is installed.`);
    setFailure(undefined);
    setChosen(undefined);
    setSaid(`Reading ${file.name}…`);
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      setChosen({ bytes, report: await inspectPackage(bytes) });
      setSaid("");
    } catch (error) {
      setSaid("");
      setFailure({ what: `${file.name} was not taken`, error });
    }
  };
  const install = async (consent: PackageConsent) => {
    if (!chosen) return;
    setBusy(true);
    setFailure(undefined);
    try {
      const { title, version } = await installPackage(chosen.bytes, consent);
      setChosen(undefined);
      setSaid(`${title} ${version} is installed.`);
      choose.current?.focus();
    } catch (error) {
      setFailure({ what: `${chosen.report.title} was not installed`, error });
    } finally {
      setBusy(false);
      void queries.invalidateQueries({ queryKey: [where] });
    }
  };
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void inspect(event.dataTransfer.files[0]);
  };
  return (
    <div className="flex flex-col gap-3">
      <section
        aria-label="Install a plugin"
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={dropped}
        className={`flex flex-wrap items-center gap-3 rounded-12 border border-dashed px-4 py-3 ${over ? "border-accent bg-raised" : "border-control"}`}
      >
        <PackagePlus aria-hidden className="size-5 shrink-0 text-subtle" strokeWidth={1.75} />
        <p className="min-w-0 flex-1 basis-48 text-13 text-muted">Drop a plugin's package (.tgz) here. You see what it asks for before anything of it runs.</p>
        <input
          ref={input}
          type="file"
          accept=".tgz,.gz,application/gzip"
          aria-label="A plugin's package"
          tabIndex={-1}
          className="sr-only"
          onChange={(event) => {
            void inspect(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
        <Button ref={choose} size="small" onClick={() => input.current?.click()}>
          Choose a package
        </Button>
        <span role="status" className="basis-full text-13 text-muted empty:hidden">
          {said}
        </span>
      </section>
      {failure ? <Failed error={failure.error} what={failure.what} /> : null}
      {chosen ? (
        <PackagePrompt
          key={chosen.report.integrity}
          report={chosen.report}
          busy={busy}
          onInstall={(consent) => void install(consent)}
          onCancel={() => {
            setChosen(undefined);
            setFailure(undefined);
            choose.current?.focus();
          }}
        />
      ) : null}
    </div>
  );
}
