import type { ReactNode } from "react";

export const Nothing = ({ children }: { children: ReactNode }) => <p className="text-muted">{children}</p>;

export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-1.5">
      <h3 className="text-12 font-medium text-subtle">{title}</h3>
      {children}
    </section>
  );
}

export function Table({ head, rows }: { head: string[]; rows: string[][] }) {
  return (
    <table className="w-full text-13">
      <thead>
        <tr className="text-12 text-subtle">
          {head.map((name, i) => (
            <th key={name} className={`pb-1 font-medium ${i === 0 ? "text-start" : "text-end"}`}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {rows.map((row) => (
          <tr key={row[0]}>
            {row.map((cell, i) => (
              <td key={head[i]} className={`py-1 ${i === 0 ? "break-words text-start" : "text-end"}`}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
