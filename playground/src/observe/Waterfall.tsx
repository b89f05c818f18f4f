import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useRef } from "react";
import { spanLabel, spanMs } from "@orrery/sdk/span";
import { useRowKeys } from "../shell/use-shortcuts.ts";
import { duration } from "../ui/format.ts";
import type { SpanRow } from "./span-rows.ts";

const rowHeight = 28;
const hues: Record<string, string> = {
  run: "--series-1",
  plan: "--series-4",
  step: "--series-1",
  model: "--series-2",
  judge: "--series-3",
  hook: "--series-6",
  memory: "--series-5",
  documents: "--series-6",
};

interface WaterfallProps {
  rows: SpanRow[];
  chosen: string | undefined;
  onChoose(span: string): void;
}

/** Rows are elements, few at a time; their bars are one canvas drawn for what is in view. */
export function Waterfall({ rows, chosen, onChoose }: WaterfallProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const total = Math.max(
    1,
    ...rows.slice(0, 1).map(({ span }) => span.endMs),
    rows.reduce((most, { span }) => Math.max(most, span.endMs), 0),
  );
  const list = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 10 });
  const at = rows.findIndex(({ span }) => span.id === chosen);

  const draw = useCallback(() => {
    const element = canvas.current;
    const scroller = box.current;
    const pen = element?.getContext("2d");
    if (!element || !scroller || !pen) return;
    const { clientWidth: width, clientHeight: height } = element;
    element.width = width * devicePixelRatio;
    element.height = height * devicePixelRatio;
    pen.scale(devicePixelRatio, devicePixelRatio);
    const style = getComputedStyle(element);
    const inner = width - 64;
    const first = Math.floor(scroller.scrollTop / rowHeight);
    const last = Math.min(rows.length, Math.ceil((scroller.scrollTop + height) / rowHeight));
    pen.font = `11px ${style.fontFamily}`;
    pen.textBaseline = "middle";
    for (let i = first; i < last; i++) {
      const span = rows[i]?.span;
      if (!span) continue;
      const x = (span.startMs / total) * inner;
      const placed = span.kind !== "hook";
      const wide = placed ? Math.max(2, ((span.endMs - span.startMs) / total) * inner) : 0;
      const y = i * rowHeight - scroller.scrollTop;
      pen.fillStyle = style.getPropertyValue(span.status === "error" ? "--error" : (hues[span.kind] ?? "--series-1"));
      pen.globalAlpha = span.status === "cancelled" ? 0.45 : 1;
      pen.beginPath();
      if (placed) pen.roundRect(x, y + 9, wide, 10, 2);
      pen.fill();
      pen.globalAlpha = 1;
      pen.fillStyle = style.getPropertyValue("--muted");
      // A hook span sums calls from all over the run: a figure, and no place in time.
      if (placed) pen.fillText(duration(spanMs(span)), x + wide + 6, y + rowHeight / 2);
      else pen.fillText(`${duration(spanMs(span))} in all`, 0, y + rowHeight / 2);
    }
  }, [rows, total]);

  useEffect(() => {
    draw();
    const scroller = box.current;
    const theme = new MutationObserver(draw);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const size = new ResizeObserver(draw);
    if (canvas.current) size.observe(canvas.current);
    scroller?.addEventListener("scroll", draw, { passive: true });
    return () => {
      theme.disconnect();
      size.disconnect();
      scroller?.removeEventListener("scroll", draw);
    };
  }, [draw]);

  useRowKeys((by) => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (!next) return;
    onChoose(next.span.id);
    list.scrollToIndex(rows.indexOf(next));
  });

  const tall = Math.min(rows.length * rowHeight, Math.max(280, window.innerHeight - 280));
  return (
    <div className="overflow-hidden rounded-12 border border-line bg-surface">
      <div className="relative">
        <div ref={box} className="overflow-y-auto" style={{ height: tall }} tabIndex={0} role="group" aria-label="Spans. Walk with j and k.">
          <div className="relative" style={{ height: list.getTotalSize() }}>
            {list.getVirtualItems().map(({ index, start }) => {
              const row = rows[index];
              if (!row) return null;
              const { span, depth } = row;
              const took = duration(spanMs(span));
              return (
                <button
                  key={span.id}
                  type="button"
                  onClick={() => onChoose(span.id)}
                  aria-pressed={span.id === chosen}
                  aria-label={`${spanLabel(span)}, ${span.kind}, ${took}, ${span.status}`}
                  className={`absolute inset-x-0 flex h-7 items-center text-start text-13 -outline-offset-2 hover:bg-raised ${span.id === chosen ? "bg-raised" : ""}`}
                  style={{ transform: `translateY(${start}px)`, paddingInlineStart: 12 + Math.min(depth, 8) * 14 }}
                >
                  <span className="w-[38%] max-w-80 truncate" style={{ maxWidth: `calc(min(38%, 20rem) - ${Math.min(depth, 8) * 14}px)` }}>
                    {spanLabel(span)}
                  </span>
                </button>
              );
            })}
          </div>
        </div>
        <canvas
          ref={canvas}
          aria-hidden
          className="pointer-events-none absolute right-2 top-0"
          style={{ left: "min(calc(38% + 20px), 21rem)", width: "calc(100% - min(calc(38% + 20px), 21rem) - 16px)", height: tall }}
        />
      </div>
    </div>
  );
}
