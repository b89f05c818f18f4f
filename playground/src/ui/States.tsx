import { CircleAlert, type LucideIcon, WifiOff } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useNow } from "./use-now.ts";

/** One of a view's separate states: what is (not) there, why, and what to do now. */
export function Notice({
  icon: Icon,
  title,
  children,
  tone = "muted",
}: {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  tone?: "muted" | "error" | "warn";
}) {
  const color = { muted: "text-subtle", error: "text-error", warn: "text-warn" }[tone];
  return (
    <div role={tone === "error" ? "alert" : undefined} className="flex flex-col items-start gap-2 rounded-8 border border-dashed border-line p-6">
      <Icon aria-hidden className={`size-5 ${color}`} strokeWidth={1.75} />
      <p className="font-semibold">{title}</p>
      {children ? <div className="flex w-full max-w-[60ch] flex-col items-start gap-3 text-muted">{children}</div> : null}
    </div>
  );
}

/** A failure with its code and what to do; offline and a lost server are told apart from everything else. */
export function Failed({ error, what }: { error: unknown; what: string }) {
  const { code, message, todo } = describe(error);
  const lost = code === "SERVER_LOST" || !navigator.onLine;
  return (
    <Notice icon={lost ? WifiOff : CircleAlert} title={lost ? `${what}: the server does not answer` : what} tone={lost ? "warn" : "error"}>
      <p className="break-words">{message}</p>
      {todo ? <p>{todo}</p> : null}
      {code ? <p className="font-mono text-12">{code}</p> : null}
    </Notice>
  );
}

export function describe(error: unknown): { code: string | undefined; message: string; todo: string | undefined } {
  const { code, todo } = (typeof error === "object" && error !== null ? error : {}) as { code?: string; todo?: string };
  return { code, todo, message: error instanceof Error ? error.message : String(error) };
}

const patienceMs = 10_000;

/** Says what is awaited, and after ten seconds that it takes unusually long. Nothing for the first moments: most waits are shorter. */
export function Loading({ what = "Loading" }: { what?: string }) {
  const [began] = useState(() => performance.now());
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 150);
    return () => clearTimeout(timer);
  }, []);
  const now = useNow(1_000);
  if (!shown) return null;
  const waited = now - began;
  return (
    <p role="status" className="p-6 text-muted">
      {what}… {waited > patienceMs ? `for ${Math.round(waited / 1_000)} s now. If nothing happens, reload the page.` : null}
    </p>
  );
}
