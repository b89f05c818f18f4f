import { useEffect, useRef } from "react";
import { useKernel } from "../client/kernel-source.tsx";

const slots = 120;

/** Hook calls of the kernel in this tab, a bar a quarter second, newest at the right. Still while nothing happens. */
export function PulseLine() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { where, tab } = useKernel();
  useEffect(() => {
    if (where !== "tab") return;
    const counts: number[] = [];
    let stop: (() => void) | undefined;
    let ended = false;
    let last = 0;
    const draw = () => {
      const element = canvas.current;
      const pen = element?.getContext("2d");
      if (!element || !pen) return;
      const width = (element.width = element.clientWidth * devicePixelRatio);
      const height = (element.height = element.clientHeight * devicePixelRatio);
      pen.fillStyle = getComputedStyle(element).color;
      const step = width / slots;
      counts.forEach((count, i) => {
        const share = Math.min(1, Math.log2(1 + count) / 8);
        pen.globalAlpha = 0.25 + 0.75 * share;
        if (count > 0) pen.fillRect(width - (counts.length - i) * step, height - Math.max(1, share * height), Math.max(1, step - 1), height);
      });
    };
    // Time goes on between calls: quiet quarters are drawn as gaps, up to the whole line.
    const add = (count: number) => {
      const now = performance.now();
      const quiet = last === 0 ? 0 : Math.min(slots, Math.max(0, Math.round((now - last) / 250) - 1));
      counts.push(...Array.from({ length: quiet }, () => 0), count);
      counts.splice(0, Math.max(0, counts.length - slots));
      last = now;
      draw();
    };
    void tab()
      .then((client) => client.watchPulse(add))
      .then((stopper) => {
        stop = stopper;
        if (ended) stopper();
      })
      .catch(() => undefined);
    return () => {
      ended = true;
      stop?.();
    };
  }, [where, tab]);
  return <canvas ref={canvas} aria-hidden className="-mb-px block h-1 w-full text-accent" />;
}
