import { type EventType, type RunEvent, type WatchMessage, definePlugin } from "@orrery/sdk";

export type WatchListener = (message: WatchMessage) => void;

/** Who listens to which run; fed by the plugin it comes with. */
export class WatchHub {
  readonly #listeners = new Map<string, Set<WatchListener>>();

  /** Entries from `from` on as `read` gives them, then what happens, each once and in order, then `end`. */
  async watch(run: string, from: number, read: () => Promise<RunEvent[]>, listener: WatchListener): Promise<() => void> {
    const early: WatchMessage[] = [];
    let live = false;
    let next = from;
    let ended = false;
    const pass = (message: WatchMessage) => {
      if (ended) return;
      if (message.kind === "event") {
        if (message.event.idx < next) return;
        next = message.event.idx + 1;
      }
      listener(message);
      if (message.kind === "event" && message.event.type === "run.finished") {
        ended = true;
        stop();
        listener({ kind: "end" });
      }
    };
    const receive: WatchListener = (message) => (live ? pass(message) : early.push(message));
    const stop = () => {
      const set = this.#listeners.get(run);
      set?.delete(receive);
      if (set?.size === 0) this.#listeners.delete(run);
    };
    this.#listeners.set(run, (this.#listeners.get(run) ?? new Set()).add(receive));
    try {
      for (const event of await read()) pass({ kind: "event", event });
    } catch (thrown) {
      stop();
      throw thrown;
    }
    live = true;
    for (const message of early) pass(message);
    return stop;
  }

  tell(run: string, message: WatchMessage): void {
    for (const listener of [...(this.#listeners.get(run) ?? [])]) listener(message);
  }
}

/** After these a list of runs reads otherwise. */
const standings: ReadonlySet<string> = new Set<EventType>(["run.submitted", "run.paused", "run.resumed", "gate.opened", "gate.decided", "run.finished"]);

/**
 * Passes journal entries and streamed text on to those who watch, and entries to those who do in other tabs of the origin, by the channel of that name.
 * `stood`: some run, of this tab or another, now stands otherwise.
 */
export const watchPlugin = (hub: WatchHub, name: string, stood: () => void) =>
  definePlugin({
    manifest: { id: "orrery.host.watch", version: "1.0.0", api: "^1.0", title: "Watch", description: "Shows runs to the page as they happen." },
    setup({ tap, own }) {
      const channel = new BroadcastChannel(name);
      own("channel", () => channel.close());
      const tell = (event: RunEvent): void => {
        hub.tell(event.run, { kind: "event", event });
        if (standings.has(event.type)) stood();
      };
      channel.onmessage = ({ data }: MessageEvent<RunEvent>) => tell(data);
      tap(
        "event",
        (event) => {
          tell(event);
          channel.postMessage(event);
        },
        { phase: "observe" },
      );
      tap("model.delta", (delta) => hub.tell(delta.run, { kind: "delta", delta }), { phase: "observe" });
    },
  });
