import { useNavigate } from "@tanstack/react-router";
import { Download, FileUp, ShieldCheck } from "lucide-react";
import { useRef, useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { queries } from "../client/queries.ts";
import { Button } from "../ui/Button.tsx";
import { Failed } from "../ui/States.tsx";

/** The run as a file that any Orrery reads. */
export function ExportRun({ run }: { run: string }) {
  const { client } = useKernel();
  const [failure, setFailure] = useState<unknown>();
  const save = async () => {
    const url = URL.createObjectURL(new Blob([await client.exportRun(run)], { type: "application/x-ndjson" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `${run}.jsonl`;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <>
      <Button onClick={() => void save().then(() => setFailure(undefined), setFailure)}>
        <Download aria-hidden className="size-3.5" strokeWidth={1.75} /> Export
      </Button>
      {failure === undefined ? null : <Failed error={failure} what="The run was not exported" />}
    </>
  );
}

/** Whether the run's record, and the files it holds, are what was written. */
export function VerifyRun({ run }: { run: string }) {
  const { client } = useKernel();
  const [found, setFound] = useState<string>();
  const [failure, setFailure] = useState<unknown>();
  const verify = async () => {
    const { ok, events, brokenAt, held, unheld, changed, signature } = await client.verifyRun(run);
    const broken = [
      ...(brokenAt === undefined ? [] : [`entry ${brokenAt}`]),
      ...changed.map(({ path, version }) => `${path}, version ${version}`),
      ...(signature?.ok === false ? ["its last entry is not the one that was signed"] : []),
    ];
    const loose = unheld.length > 0 ? `; ${unheld.length} files no hash is kept of` : "";
    const signer = signature ? `Signed by ${signature.signer}, ${signature.known ?? "a key that is not known here"}` : "Nobody signed it";
    setFound(`${ok ? `The chain holds: ${events} entries, ${held} files as written${loose}` : `Not what was written: ${broken.join("; ")}`}. ${signer}.`);
  };
  return (
    <>
      <Button onClick={() => void verify().then(() => setFailure(undefined), setFailure)}>
        <ShieldCheck aria-hidden className="size-3.5" strokeWidth={1.75} /> Verify
      </Button>
      <output className="text-muted wrap-anywhere">{found}</output>
      {failure === undefined ? null : <Failed error={failure} what="The run was not checked" />}
    </>
  );
}

/** Takes in the run of such a file, and shows it. */
export function ImportRun() {
  const { client, where } = useKernel();
  const navigate = useNavigate();
  const picker = useRef<HTMLInputElement>(null);
  const [failure, setFailure] = useState<unknown>();
  const take = async (file: File | undefined) => {
    if (!file) return;
    const { run } = await client.importRun(await file.text());
    await queries.invalidateQueries({ queryKey: [where, "runs"] });
    await navigate({ to: "/run/$runId", params: { runId: run } });
  };
  return (
    <>
      <input
        ref={picker}
        type="file"
        accept=".jsonl"
        aria-label="A run's file"
        className="sr-only"
        tabIndex={-1}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          target.value = "";
          void take(file).then(() => setFailure(undefined), setFailure);
        }}
      />
      <Button onClick={() => picker.current?.click()}>
        <FileUp aria-hidden className="size-3.5" strokeWidth={1.75} /> Import a run
      </Button>
      {failure === undefined ? null : <Failed error={failure} what="Nothing was imported" />}
    </>
  );
}
