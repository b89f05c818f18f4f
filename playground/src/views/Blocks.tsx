import type { ViewBlock } from "@orrery/sdk";
import { Link } from "@tanstack/react-router";
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Chart } from "./Chart.tsx";

type Cell = Extract<ViewBlock, { kind: "table" }>["rows"][number][number];
type Of<K extends ViewBlock["kind"]> = Extract<ViewBlock, { kind: K }>;

const tones = {
  plain: { colour: "", icon: undefined },
  muted: { colour: "text-muted", icon: undefined },
  ok: { colour: "text-ok", icon: CircleCheck },
  warn: { colour: "text-warn", icon: TriangleAlert },
  error: { colour: "text-error", icon: CircleAlert },
} as const;

function RunLink({ run, label }: { run: string; label: string }) {
  return (
    <Link to="/run/$runId" params={{ runId: run }} className="text-accent underline underline-offset-2">
      {label}
    </Link>
  );
}

function Value({ cell }: { cell: Cell }): ReactNode {
  if (typeof cell === "object") return <RunLink {...cell} />;
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  return typeof cell === "number" ? cell.toLocaleString("en", { maximumSignificantDigits: 6 }) : cell;
}

function Words({ text, tone = "plain" }: Of<"text">) {
  const { colour, icon: Icon } = tones[tone];
  return (
    <p className={`flex max-w-[70ch] items-start gap-1.5 break-words whitespace-pre-line ${colour}`}>
      {Icon ? <Icon aria-hidden className="mt-0.5 size-4 shrink-0" strokeWidth={1.75} /> : null}
      <span>{text}</span>
    </p>
  );
}

function Table({ columns, rows }: Of<"table">) {
  return (
    <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={`Table: ${columns.join(", ")}`}>
      <table className="w-full border-collapse text-13">
        <thead>
          <tr>
            {columns.map((name, i) => (
              <th key={i} scope="col" className="border-b border-line px-2 py-1.5 text-start font-medium text-muted">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={r}>
              {row.map((cell, c) => (
                <td key={c} className={`border-b border-line px-2 py-1.5 ${typeof cell === "number" ? "tabular-nums" : ""}`}>
                  <Value cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Block({ block }: { block: ViewBlock }) {
  switch (block.kind) {
    case "heading":
      return <h3 className="text-14 font-semibold">{block.text}</h3>;
    case "text":
      return <Words {...block} />;
    case "stat":
      return (
        <p className="flex flex-col rounded-8 border border-line px-3 py-2">
          <span className="text-12 text-muted">{block.label}</span>
          <span className="text-20 font-semibold tabular-nums">
            <Value cell={block.value} />
            {block.unit ? <span className="ms-1 text-13 font-normal text-muted">{block.unit}</span> : null}
          </span>
          {block.note ? <span className="text-12 text-muted">{block.note}</span> : null}
        </p>
      );
    case "list":
      return (
        <ul className="list-disc ps-5">
          {block.items.map((item, i) => (
            <li key={i} className="break-words">
              <Value cell={item} />
            </li>
          ))}
        </ul>
      );
    case "values":
      return (
        <dl className="grid grid-cols-[minmax(0,auto)_minmax(0,1fr)] gap-x-4 gap-y-1 text-13">
          {block.entries.map(({ name, value }, i) => (
            <div key={i} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="break-words tabular-nums">
                <Value cell={value} />
              </dd>
            </div>
          ))}
        </dl>
      );
    case "table":
      return <Table {...block} />;
    case "chart":
      return <Chart block={block} />;
    case "link":
      return (
        <p>
          <RunLink {...block} />
        </p>
      );
  }
}

/** A plugin's blocks, one below the other; figures that follow one another stand side by side. */
export function Blocks({ blocks }: { blocks: readonly ViewBlock[] }) {
  const groups: ViewBlock[][] = [];
  for (const block of blocks) {
    const last = groups.at(-1);
    if (block.kind === "stat" && last?.[0]?.kind === "stat") last.push(block);
    else groups.push([block]);
  }
  return (
    <div className="flex flex-col gap-4">
      {groups.map((group, i) =>
        group[0]?.kind === "stat" ? (
          <div key={i} className="flex flex-wrap gap-2">
            {group.map((block, s) => (
              <Block key={s} block={block} />
            ))}
          </div>
        ) : (
          group.map((block) => <Block key={i} block={block} />)
        ),
      )}
    </div>
  );
}
