import type { ViewBlock } from "@orrery/sdk";
import { useId } from "react";

type ChartBlock = Extract<ViewBlock, { kind: "chart" }>;

const width = 640;
const height = 200;
const box = { left: 8, right: 8, top: 12, bottom: 12 };
const colour = (i: number): string => `var(--series-${i + 1})`;
const figure = (value: number): string => value.toLocaleString("en", { maximumSignificantDigits: 4 });

/** Bars or a line as plain SVG, with the same numbers as a table for whoever does not see it. */
export function Chart({ block }: { block: ChartBlock }) {
  const title = useId();
  const { labels, series } = block;
  const values = series.flatMap((each) => each.values);
  const top = Math.max(0, ...values);
  const bottom = Math.min(0, ...values);
  const span = top - bottom || 1;
  const y = (value: number): number => box.top + ((top - value) / span) * (height - box.top - box.bottom);
  const slot = (width - box.left - box.right) / labels.length;
  return (
    <figure aria-labelledby={title} className="flex flex-col gap-2">
      <figcaption id={title} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 text-13">
        <span className="font-medium">{block.title}</span>
        {series.length > 1
          ? series.map(({ name }, i) => (
              <span key={i} className="inline-flex items-center gap-1.5 text-muted">
                <span aria-hidden className="size-2.5 rounded-4" style={{ background: colour(i) }} />
                {name}
              </span>
            ))
          : null}
        <span className="text-12 text-muted tabular-nums">
          {figure(bottom)} to {figure(top)}
        </span>
      </figcaption>
      <svg
        aria-hidden
        viewBox={`0 0 ${width} ${height}`}
        className="w-full rounded-8 border border-line"
        preserveAspectRatio="none"
        style={{ height: "10rem" }}
      >
        <line x1={0} x2={width} y1={y(0)} y2={y(0)} stroke="var(--line)" vectorEffect="non-scaling-stroke" />
        {block.as === "bars"
          ? series.flatMap((each, s) =>
              each.values.map((value, i) => <Bar key={`${s}/${i}`} value={value} at={i} of={s} many={series.length} slot={slot} y={y} />),
            )
          : series.map((each, s) => (
              <polyline
                key={s}
                fill="none"
                stroke={colour(s)}
                strokeWidth={2}
                vectorEffect="non-scaling-stroke"
                points={each.values.map((value, i) => `${box.left + slot * (i + 0.5)},${y(value)}`).join(" ")}
              />
            ))}
      </svg>
      <details className="text-13">
        <summary className="cursor-pointer text-muted">As a table</summary>
        <div className="mt-2 max-h-64 overflow-auto" tabIndex={0} role="group" aria-label={block.title}>
          <table className="w-full border-collapse text-start">
            <thead>
              <tr>
                <td />
                {series.map(({ name }, i) => (
                  <th key={i} scope="col" className="border-b border-line px-2 py-1 text-end font-medium">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {labels.map((label, i) => (
                <tr key={i}>
                  <th scope="row" className="border-b border-line px-2 py-1 text-start font-normal">
                    {label}
                  </th>
                  {series.map((each, s) => (
                    <td key={s} className="border-b border-line px-2 py-1 text-end tabular-nums">
                      {figure(each.values[i] ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

function Bar({ value, at, of, many, slot, y }: { value: number; at: number; of: number; many: number; slot: number; y(value: number): number }) {
  const group = Math.min(slot * 0.7, 64 * many);
  const wide = group / many;
  const x = box.left + slot * (at + 0.5) - group / 2 + wide * of;
  return <rect x={x} y={Math.min(y(value), y(0))} width={wide} height={Math.abs(y(value) - y(0))} fill={colour(of)} />;
}
