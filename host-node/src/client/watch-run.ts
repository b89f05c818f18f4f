import type { Journal, RunEvent, WatchMessage } from "@orrery/sdk";
import type { Hub } from "../plugins/hub/hub.ts";

/** How often a run of another process is looked at. */
const pollMs = 500;

/**
 * The run's entries from `from` on, each once and in order, streamed text between them, then `end`.
 * What the hub tells is only a reason to look: the entries themselves are always read from the journal.
 */
export function watchRun({ journal, hub }: { journal: Journal; hub: Hub | undefined }, run: string, from: number, listener: (message: WatchMessage) => void, onError: (error: unknown) => void): () => void {
  let next = from;
  let stopped = false;
  let reading: Promise<void> | undefined;
  let again = false;

  const stop = () => {
    stopped = true;
    clearInterval(timer);
    unlisten?.();
  };
  const read = async () => {
    do {
      again = false;
      for (const { prevHash: _p, hash: _h, ...event } of await journal.read(run, next, 500)) {
        if (stopped) return;
        next = event.idx + 1;
        again = true;
        listener({ kind: "event", event: event satisfies RunEvent });
        if (event.type === "run.finished") {
          stop();
          listener({ kind: "end" });
          return;
        }
      }
    } while (again && !stopped);
  };
  const look = () => {
    if (stopped) return;
    again = true;
    reading ??= read()
      .catch((error: unknown) => {
        stop();
        onError(error);
      })
      .finally(() => {
        reading = undefined;
      });
  };
  const unlisten = hub?.listen(run, (heard) => {
    if (heard.kind === "delta") listener(heard);
    else look();
  });
  const timer = setInterval(look, pollMs);
  timer.unref();
  look();
  return stop;
}
