import { Download } from "lucide-react";
import { useId, useMemo, useState } from "react";
import { createTwoFilesPatch } from "diff";
import { useFile, useFileVersions, useRunFiles } from "../client/queries.ts";
import { Button } from "../ui/Button.tsx";
import { ago, bytes, plural } from "../ui/format.ts";
import { Failed, Loading } from "../ui/States.tsx";
import { Nothing } from "./panel-parts.tsx";

/** The files of a run: every version of each, what a version changed, and a download. */
export function RunFiles({ run, live }: { run: string; live: boolean }) {
  const { data, error, isPending } = useRunFiles(run, live);
  if (error) return <Failed error={error} what="The files could not be read" />;
  if (isPending) return <Loading what="Reading the files" />;
  if (data.length === 0) return <Nothing>They are not kept here any more.</Nothing>;
  return (
    <ul aria-label="Files" className="flex flex-col gap-2">
      {data.map(({ path, version }) => (
        <li key={path}>
          <File run={run} path={path} newest={version} />
        </li>
      ))}
    </ul>
  );
}

function File({ run, path, newest }: { run: string; path: string; newest: number }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="rounded-8 border border-line" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="min-h-9 break-words px-3 py-2">
        {path} <span className="text-subtle">{plural(newest, "version")}</span>
      </summary>
      {open ? <Versions run={run} path={path} newest={newest} /> : null}
    </details>
  );
}

function Versions({ run, path, newest }: { run: string; path: string; newest: number }) {
  const id = useId();
  const { data: versions = [], error } = useFileVersions(run, path, newest);
  const [chosen, setChosen] = useState<number>();
  const [changes, setChanges] = useState(false);
  const version = chosen ?? newest;
  const at = versions.findIndex((each) => each.version === version);
  const [shown, before] = [versions[at], versions[at - 1]];
  const content = useFile(run, path, version);
  const earlier = useFile(run, path, before?.version ?? 0, changes && before !== undefined);
  if (error) return <Failed error={error} what="The versions could not be read" />;
  const found = content.data;
  return (
    <div className="flex flex-col gap-2 border-t border-line p-3">
      <div className="flex flex-wrap items-center gap-2">
        <label htmlFor={id} className="sr-only">
          Version of {path}
        </label>
        <select
          id={id}
          value={version}
          onChange={(event) => setChosen(Number(event.target.value))}
          className="h-7 min-w-0 max-w-full rounded-8 border border-control bg-surface px-1 text-13"
        >
          {versions.map((each) => (
            <option key={each.version} value={each.version}>
              {`${each.version} by ${each.from}`}
            </option>
          ))}
        </select>
        <Button size="small" aria-pressed={changes} onClick={() => setChanges((now) => !now)}>
          {changes ? "Show the content" : "Show what it changed"}
        </Button>
        <Button look="quiet" size="small" disabled={!found} onClick={() => found && save(path, found.bytes)}>
          <Download aria-hidden className="size-3.5" strokeWidth={1.75} />
          Download
        </Button>
      </div>
      {shown ? (
        <p className="text-12 text-subtle">
          {bytes(shown.bytes)} · {shown.mediaType} · {ago(shown.at)}
        </p>
      ) : null}
      {content.error ? <Failed error={content.error} what="The file could not be read" /> : null}
      {found && changes && (before === undefined || earlier.data) ? (
        <Patch path={path} before={earlier.data ? textOf(earlier.data.bytes) : ""} after={textOf(found.bytes)} from={before?.version} to={version} />
      ) : null}
      {found && !changes ? <Text label={`${path}, version ${version}`}>{textOf(found.bytes)}</Text> : null}
    </div>
  );
}

/** Line by line, without the rule above: a sign says what was taken and what was put, and a colour says it again. */
function Patch({ path, before, after, from, to }: { path: string; before: string; after: string; from: number | undefined; to: number }) {
  const lines = useMemo(
    () =>
      createTwoFilesPatch(from === undefined ? "nothing" : `${path} (${from})`, `${path} (${to})`, before, after)
        .split("\n")
        .slice(1),
    [path, before, after, from, to],
  );
  const tone = (line: string): string =>
    /^(---|\+\+\+|===|@@)/.test(line) ? "text-subtle" : line.startsWith("+") ? "text-ok" : line.startsWith("-") ? "text-error" : "";
  return (
    <Text label={`What version ${to} of ${path} changed`}>
      {lines.map((line, i) => (
        <span key={i} className={tone(line)}>
          {line}
          {"\n"}
        </span>
      ))}
    </Text>
  );
}

const Text = ({ label, children }: { label: string; children: React.ReactNode }) => (
  <pre
    tabIndex={0}
    role="region"
    aria-label={label}
    className="max-h-80 overflow-auto whitespace-pre-wrap break-words rounded-8 bg-raised p-2 font-mono text-12"
  >
    {children}
  </pre>
);

const textOf = (content: Uint8Array): string => new TextDecoder().decode(content);

/** Handed over as bytes under its own name, and never opened. */
function save(path: string, content: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([content as Uint8Array<ArrayBuffer>], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = path.split("/").at(-1) ?? "file";
  link.click();
  URL.revokeObjectURL(url);
}
