import { FileX, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { useEffect, useRef } from "react";
import { useSentences } from "../client/queries.ts";
import { Failed, Loading, Notice } from "../ui/States.tsx";

/** A cited document beside the report, scrolled to the sentence and with it marked. */
export function CitedDocument({ runId, cite, onClose }: { runId: string; cite: string | undefined; onClose(): void }) {
  const match = /^(.+)#(\d+)$/.exec(cite ?? "");
  const path = match?.[1];
  const n = Number(match?.[2]);
  const { data, error, isPending } = useSentences(runId, path);
  const marked = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (data && cite !== undefined) marked.current?.scrollIntoView({ block: "center" });
  }, [data, cite]);
  return (
    <Dialog.Root open={path !== undefined} onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-30 bg-[#1c1a17]/40" />
        <Dialog.Content
          className="fixed inset-y-0 right-0 z-40 flex w-[min(100vw,560px)] flex-col border-s border-control bg-surface outline-none"
          aria-describedby={undefined}
        >
          <header className="flex items-center gap-3 border-b border-line px-5 py-3">
            <Dialog.Title className="min-w-0 flex-1 truncate text-14 font-semibold">{path}</Dialog.Title>
            <span className="text-12 text-subtle">sentence {n}</span>
            <Dialog.Close aria-label="Close" className="flex size-8 items-center justify-center rounded-8 text-muted hover:bg-raised hover:text-fg">
              <X aria-hidden className="size-4" strokeWidth={1.75} />
            </Dialog.Close>
          </header>
          <div tabIndex={0} className="flex-1 overflow-y-auto px-5 py-4">
            {error ? <Failed error={error} what="The document could not be read" /> : null}
            {isPending && path !== undefined && !error ? <Loading what="Reading the document" /> : null}
            {data?.length === 0 ? (
              <Notice icon={FileX} title="The document is not here any more">
                <p>This host keeps the run, with every quoted sentence in it, but not this file. Hand it in again to read around the quote.</p>
              </Notice>
            ) : null}
            <div className="flex flex-col gap-1.5">
              {data?.map((sentence, i) => {
                const heading = sentence.headings.at(-1);
                const before = data[i - 1];
                const begins = heading !== undefined && heading !== before?.headings.at(-1) && sentence.kind !== "heading";
                return (
                  <div key={sentence.n}>
                    {begins ? <h3 className="pb-1 pt-4 text-13 font-semibold text-muted">{heading}</h3> : null}
                    <p
                      ref={sentence.n === n ? marked : undefined}
                      aria-current={sentence.n === n ? "true" : undefined}
                      className={`grid grid-cols-[2.5rem_1fr] gap-2 rounded-4 px-1 py-0.5 text-14 ${sentence.n === n ? "bg-raised outline outline-2 outline-accent" : ""} ${sentence.kind === "heading" ? "font-semibold" : ""} ${sentence.kind === "code" || sentence.kind === "data" ? "font-mono text-13" : ""}`}
                    >
                      <span className="text-end text-12 leading-5 text-subtle">{sentence.n}</span>
                      <span className="min-w-0 break-words">{sentence.text}</span>
                    </p>
                  </div>
                );
              })}
            </div>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
