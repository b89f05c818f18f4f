import type { Journal, RunEvent, WatchMessage } from "@orrery/sdk";
import type { Hub } from "../plugins/hub/hub.ts";

/** How often a run of another process is looked at. */
const pollMs = 500;
const batch = 500;

/**
 * The run's entries from `from` on, each once and in order, streamed text between them, then `end`.
 * What the hub tells is only a reason to look: the entries themselves are always read from the journal.
 */
export function watchRun(
  { journal, hub }: { journal: Journal; hub: Hub | undefined },
  run: string,
  from: number,
  listener: (message: WatchMessage) => void,
  onError: (error: unknown) => void,
): () => void {
  let next = from;
  let stopped = false;
  let reading = false;
  let again = false;

  const stop = () => {
    stopped = true;
    clearInterval(timer);
    unlisten?.();
  };
  const pass = (event: RunEvent) => {
    next = event.idx + 1;
    listener({ kind: "event", event });
    if (event.type !== "run.finished" || stopped) return;
    stop();
    listener({ kind: "end" });
  };
  // Between the last look at `again` and `reading = false` nothing else runs, so no call of `look` is lost.
  const drain = async () => {
    reading = true;
    try {
      while (again && !stopped) {
        again = false;
        const entries = await journal.read(run, next, batch);
        if (entries.length === batch) again = true;
        for (const { prevHash: _p, hash: _h, ...event } of entries) if (!stopped) pass(event);
      }
    } catch (error) {
      stop();
      onError(error);
    }
    reading = false;
  };
  const look = () => {
    again = true;
    if (!stopped && !reading) void drain();
  };
  const unlisten = hub?.listen(run, (heard) => {
    if (heard.kind === "event") look();
    else if (!stopped) listener(heard);
  });
  const timer = setInterval(look, pollMs);
  timer.unref();
  look();
  return stop;
}
