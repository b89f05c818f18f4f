import type { GuestLine, TabClient } from "@orrery/host-browser";
import type { PluginReport } from "@orrery/sdk";
import { Play, Trash2, Zap } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { queries } from "../client/queries.ts";
import { Button } from "../ui/Button.tsx";
import { duration } from "../ui/format.ts";
import { Failed } from "../ui/States.tsx";
import { Editor } from "./Editor.tsx";
import { ExtendTabs } from "./ExtendTabs.tsx";
import { starter } from "./starter.ts";

interface Fired {
  key: number;
  hook: string;
  durationMs: number;
  outcome: string;
}
const saved = "orrery.playground.source";
const kept = 200;

function readSource(): string {
  try {
    return localStorage.getItem(saved) ?? starter;
  } catch {
    return starter;
  }
}

/** Edit a plugin, load it into this tab's running kernel in a worker of its own, and watch its hooks fire. */
export function PlaygroundRoom() {
  const { tab, where } = useKernel();
  const [source, setSource] = useState(readSource);
  const [report, setReport] = useState<PluginReport>();
  const [failure, setFailure] = useState<unknown>();
  const [loading, setLoading] = useState(false);
  const [took, setTook] = useState<number>();
  const [fired, setFired] = useState<Fired[]>([]);
  const [lines, setLines] = useState<(GuestLine & { key: number })[]>([]);
  const [running, setRunning] = useState(false);
  const [loaded, setLoaded] = useState<PluginReport[]>([]);
  const key = useRef(0);
  const client = useRef<TabClient>(undefined);
  const latest = useRef(source);
  latest.current = source;

  useEffect(() => {
    let stop: (() => void) | undefined;
    let ended = false;
    void tab().then((ready) => {
      client.current = ready;
      if (ended) return;
      stop = ready.onGuestLine((line) => {
        setLines((now) => [...now.slice(-kept), { ...line, key: key.current++ }]);
        if (line.level === "error") void refresh.current();
      });
      void refresh.current();
    }, setFailure);
    return () => {
      ended = true;
      stop?.();
    };
  }, [tab]);
  // What is loaded stays so when the room is left, and is there again on return.
  const refresh = useRef(async () => {
    const [plugins = [], packages = []] = await Promise.all([client.current?.plugins(), client.current?.packages()]);
    const edited = plugins.filter(({ id, tier }) => tier === "community" && !packages.some((each) => each.id === id));
    setLoaded(edited);
    setReport((now) => edited.find((plugin) => plugin.id === now?.id) ?? edited.at(-1));
  });
  const id = report?.id;
  useEffect(() => {
    if (id === undefined) return;
    let stop: (() => void) | undefined;
    let ended = false;
    void client.current
      ?.watchPlugin(id, (record) => setFired((now) => [...now.slice(-kept), { key: key.current++, ...record }]))
      .then((stopper) => {
        stop = stopper;
        if (ended) stopper();
      });
    return () => {
      ended = true;
      stop?.();
    };
  }, [id]);

  const load = async () => {
    setLoading(true);
    setFailure(undefined);
    const began = performance.now();
    try {
      const ready = await tab();
      const fresh = await ready.loadSource(latest.current);
      setTook(performance.now() - began);
      setReport(fresh);
      await refresh.current();
      try {
        localStorage.setItem(saved, latest.current);
      } catch {
        // No storage: it holds as long as the page.
      }
    } catch (thrown) {
      setFailure(thrown);
    } finally {
      setLoading(false);
      void queries.invalidateQueries({ queryKey: ["tab"] });
    }
  };
  const write = (text: string) => {
    // What is loaded is what stands there, drawn or not.
    latest.current = text;
    setSource(text);
  };
  const unload = async (plugin: string) => {
    await client.current?.unload(plugin);
    await refresh.current();
    void queries.invalidateQueries({ queryKey: ["tab"] });
  };
  const runExample = async () => {
    setRunning(true);
    setFailure(undefined);
    try {
      const ready = await tab();
      const { runId } = await ready.example();
      await new Promise<void>((resolve, reject) => void ready.watch(runId, 0, (message) => message.kind === "end" && resolve()).catch(reject));
    } catch (thrown) {
      setFailure(thrown);
    } finally {
      setRunning(false);
      void queries.invalidateQueries({ queryKey: ["tab"] });
    }
  };

  return (
    <div className="flex flex-1 flex-col gap-4">
      <h1 className="text-20 font-semibold">Plugin playground</h1>
      <ExtendTabs />
      <p className="max-w-[75ch] text-muted">
        This plugin runs in a sandbox of its own and taps this tab's kernel{where === "node" ? ", not the server's" : ""}. Change the string, load it again, and
        the running kernel swaps it: the old one is drained first, and comes back if the new one fails.
      </p>
      <div className="grid grid-cols-1 items-stretch gap-4 lg:grid-cols-2">
        <section aria-label="Source" className="flex min-w-0 flex-col overflow-hidden rounded-12 border border-line bg-surface">
          <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
            <Button look="primary" size="small" onClick={() => void load()} disabled={loading}>
              <Zap aria-hidden className="size-3.5" strokeWidth={2} />
              {report ? "Load again" : "Load"}
            </Button>
            <Button size="small" onClick={() => void runExample()} disabled={running}>
              <Play aria-hidden className="size-3.5" strokeWidth={2} />
              {running ? "Running…" : "Run the example"}
            </Button>
            <span role="status" className="ml-auto text-12 text-muted">
              {report ? `${report.id} is ${report.state}${took === undefined ? "" : `, loaded in ${duration(took)}`}` : "not loaded"}
            </span>
          </div>
          <div className="h-[340px]">
            <Editor value={source} onChange={write} onRun={() => void load()} label="Plugin source. Press Escape, then Tab, to leave the editor." />
          </div>
          <div className="flex min-h-9 flex-wrap items-center gap-2 border-t border-line px-3 py-1.5 text-12 text-subtle">
            {loaded.length === 0 ? "Ctrl Enter loads it." : "Loaded:"}
            {loaded.map((plugin) => (
              <span key={plugin.id} className="flex items-center gap-1 rounded-4 border border-line ps-2 font-mono text-fg">
                {plugin.id}
                <button
                  type="button"
                  aria-label={`Unload ${plugin.id}`}
                  onClick={() => void unload(plugin.id)}
                  className="flex size-6 items-center justify-center rounded-4 text-subtle hover:text-error"
                >
                  <Trash2 aria-hidden className="size-3.5" strokeWidth={1.75} />
                </button>
              </span>
            ))}
          </div>
        </section>
        <div className="flex min-w-0 flex-col gap-4">
          {failure !== undefined ? (
            <Failed error={failure} what={report ? "The new version was not loaded; the old one goes on" : "The plugin was not loaded"} />
          ) : null}
          <HookStrip fired={fired} report={report} />
          <section aria-labelledby="said" className="flex min-h-40 flex-1 flex-col overflow-hidden rounded-12 border border-line bg-surface">
            <h2 id="said" className="border-b border-line px-4 py-2 text-13 font-semibold">
              What it said
            </h2>
            {lines.length === 0 ? <p className="p-4 text-13 text-muted">Nothing yet. `log.info(…)` writes here.</p> : null}
            <ol className="flex max-h-64 flex-col overflow-y-auto py-2 font-mono text-12" aria-live="polite">
              {lines.map((line) => (
                <li key={line.key} className={`px-4 py-0.5 ${line.level === "error" ? "text-error" : line.level === "warn" ? "text-warn" : ""}`}>
                  {line.message}
                </li>
              ))}
            </ol>
          </section>
        </div>
      </div>
    </div>
  );
}

function HookStrip({ fired, report }: { fired: Fired[]; report: PluginReport | undefined }) {
  const hooks = [...new Set([...(report?.taps.map(({ hook }) => hook) ?? []), ...fired.map(({ hook }) => hook)])];
  return (
    <section aria-labelledby="hooks" className="rounded-12 border border-line bg-surface">
      <h2 id="hooks" className="border-b border-line px-4 py-2 text-13 font-semibold">
        Its hooks
      </h2>
      {hooks.length === 0 ? <p className="p-4 text-13 text-muted">Load the plugin, then run the example: each call of its tap lights up here.</p> : null}
      <ul className="divide-y divide-line">
        {hooks.map((hook) => {
          const calls = fired.filter((each) => each.hook === hook);
          const last = calls.at(-1);
          return (
            <li key={hook} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 text-13">
              <span key={last?.key} className={last ? "flash -mx-1 rounded-4 px-1 font-mono" : "font-mono"}>
                {hook}
              </span>
              <span className="flex h-4 items-end gap-px" aria-hidden>
                {calls.slice(-40).map((call) => (
                  <span
                    key={call.key}
                    className={`w-1 rounded-[1px] ${call.outcome === "error" ? "bg-error" : "bg-accent"}`}
                    style={{ height: `${Math.min(16, 3 + Math.log2(1 + call.durationMs) * 3)}px` }}
                  />
                ))}
              </span>
              <span className="ml-auto text-12 text-muted" data-testid={`calls-${hook}`}>
                {calls.length === 0
                  ? "not called yet"
                  : `${calls.length} ${calls.length === 1 ? "call" : "calls"}, last ${duration(last?.durationMs ?? 0)}${last?.outcome === "error" ? ", failed" : ""}`}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
