import { useNavigate } from "@tanstack/react-router";
import { Play, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { useInfo } from "../client/queries.ts";
import { Button } from "../ui/Button.tsx";
import { Failed } from "../ui/States.tsx";
import { Doors } from "./Doors.tsx";
import { RecentRuns } from "./RecentRuns.tsx";
import { TaskBox } from "./TaskBox.tsx";

export function HomeRoom() {
  return (
    <div className="mx-auto flex w-full max-w-[1040px] flex-col gap-12 py-4 sm:py-8">
      <Hero />
      <TaskBox />
      <RecentRuns />
      <Doors />
    </div>
  );
}

function Hero() {
  const { client, where } = useKernel();
  const info = useInfo();
  const navigate = useNavigate();
  const [failure, setFailure] = useState<unknown>();
  const [starting, setStarting] = useState(false);
  const example = info.data?.example;
  const start = async () => {
    setStarting(true);
    setFailure(undefined);
    try {
      const { runId } = await client.example();
      await navigate({ to: "/run/$runId", params: { runId } });
    } catch (thrown) {
      setFailure(thrown);
    } finally {
      setStarting(false);
    }
  };
  return (
    <section aria-labelledby="hero" className="flex flex-col gap-6">
      <div className="flex flex-col gap-3">
        <h1 id="hero" className="max-w-[26ch] text-28 font-semibold sm:text-[36px] sm:leading-[44px]">
          A team of agents reads your documents, checks itself and answers with sources.
        </h1>
        <p className="max-w-[64ch] text-16 text-muted">
          Orrery plans the team, runs it, has every output judged and keeps it inside a budget. Each sentence of the report leads to the sentence it came from.
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
        <Button look="primary" size="large" onClick={() => void start()} disabled={starting || (info.isSuccess && !example)}>
          <Play aria-hidden className="size-4" strokeWidth={2} />
          {starting ? "Starting…" : "Run the example"}
        </Button>
        <p className="flex items-center gap-2 text-14 text-muted">
          <ShieldCheck aria-hidden className="size-4 shrink-0 text-ok" strokeWidth={1.75} />
          {info.data?.privacy ?? (where === "tab" ? "Runs in this tab." : "Runs on this computer's server.")}
        </p>
      </div>
      {example ? (
        <figure className="max-w-[72ch] border-s-2 border-line ps-4 text-muted">
          <figcaption className="text-12">The example asks</figcaption>
          <blockquote className="text-fg">“{example.task}”</blockquote>
          <p className="pt-1 text-13">
            of {example.documents.length} documents: {example.documents.map(({ title }) => title).join(" · ")}. No key, no download.
          </p>
        </figure>
      ) : null}
      {info.isError ? <Failed error={info.error} what="The kernel did not start" /> : null}
      {failure !== undefined ? <Failed error={failure} what="The example did not start" /> : null}
    </section>
  );
}
