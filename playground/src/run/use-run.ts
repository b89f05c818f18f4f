import type { WatchMessage } from "@orrery/sdk";
import { useEffect, useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { advance, emptyRun, type RunView } from "./run-view.ts";

export type RunState = { kind: "loading" } | { kind: "missing" } | { kind: "failed"; error: unknown } | { kind: "there"; view: RunView };

/** Follows a run from its first entry. Messages of one frame are applied together, so that a flood of text does not redraw for each piece. */
export function useRun(runId: string): RunState {
  const { client } = useKernel();
  const [state, setState] = useState<RunState>({ kind: "loading" });
  useEffect(() => {
    let ended = false;
    let stop: (() => void) | undefined;
    let queue: WatchMessage[] = [];
    let scheduled = false;
    const flush = () => {
      scheduled = false;
      const messages = queue;
      queue = [];
      if (ended || messages.length === 0) return;
      setState((now) => ({ kind: "there", view: advance(now.kind === "there" && now.view.run === runId ? now.view : emptyRun(runId), messages) }));
    };
    const receive = (message: WatchMessage) => {
      queue.push(message);
      if (scheduled) return;
      scheduled = true;
      // A hidden tab gets no frames; the timer keeps its view true.
      if (document.hidden) setTimeout(flush, 50);
      else requestAnimationFrame(flush);
    };
    setState({ kind: "loading" });
    void (async () => {
      try {
        if ((await client.events(runId, 0)).length === 0) {
          if (!ended) setState({ kind: "missing" });
          return;
        }
        stop = await client.watch(runId, 0, receive);
        if (ended) stop();
      } catch (error) {
        if (!ended) setState({ kind: "failed", error });
      }
    })();
    return () => {
      ended = true;
      stop?.();
    };
  }, [client, runId]);
  return state;
}
