import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { Search, WifiOff } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { useInfo } from "../client/queries.ts";
import { useShared } from "../client/use-shared.ts";
import { useShortcuts } from "./use-shortcuts.ts";
import { InboxLink } from "./InboxLink.tsx";
import { places } from "./places.ts";
import { PulseLine } from "./PulseLine.tsx";
import { ThemeChoice } from "./ThemeChoice.tsx";

const CommandPalette = lazy(() => import("./CommandPalette.tsx").then((module) => ({ default: module.CommandPalette })));

export function Shell() {
  const [palette, setPalette] = useState(false);
  useShared();
  const navigate = useNavigate();
  useShortcuts(
    places,
    (to) => void navigate({ to }),
    () => setPalette(true),
  );
  const path = useRouterState({ select: (state) => state.location.pathname });
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    void path;
    // A new room takes the focus, as a new page would; not on the first load.
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
    window.scrollTo(0, 0);
  }, [path]);

  return (
    <div className="flex min-h-dvh flex-col">
      <button
        type="button"
        onClick={() => main.current?.focus()}
        className="absolute -top-20 left-2 z-30 rounded-8 bg-accent px-3 py-2 text-on-accent focus:top-2"
      >
        Skip to content
      </button>
      <header className="sticky top-0 z-20 border-b border-line bg-surface">
        <div className="mx-auto flex h-12 max-w-[1440px] items-center gap-1 px-3 sm:gap-2 sm:px-6">
          <Link to="/" aria-label="Orrery, home" className="mr-1 flex items-center gap-2 text-16 font-semibold sm:mr-4">
            <Mark />
            <span className="hidden sm:inline">Orrery</span>
          </Link>
          <nav aria-label="Workspaces" className="flex items-center gap-0.5">
            {places
              .filter(({ workspace }) => workspace)
              .map(({ to, name }) => (
                <Link
                  key={to}
                  to={to}
                  activeOptions={{ exact: to === "/", includeSearch: false }}
                  className="rounded-8 px-1.5 py-1.5 text-14 text-muted transition-colors duration-[120ms] hover:bg-raised hover:text-fg sm:px-3"
                  activeProps={{ className: "bg-raised !text-fg font-medium" }}
                >
                  {name}
                </Link>
              ))}
          </nav>
          <div className="ml-auto flex min-w-0 items-center gap-1 sm:gap-2">
            <KernelBadge />
            <InboxLink />
            <button
              type="button"
              onClick={() => setPalette(true)}
              aria-keyshortcuts="Control+K Meta+K"
              className="flex h-8 items-center gap-2 rounded-8 border border-line bg-bg px-2 text-13 text-subtle hover:border-control hover:text-fg"
            >
              <Search aria-hidden className="size-4" strokeWidth={1.75} />
              <span className="sr-only">Search and commands</span>
              <kbd aria-hidden className="hidden font-sans text-12 md:inline">
                Ctrl K
              </kbd>
            </button>
            <ThemeChoice />
          </div>
        </div>
        <PulseLine />
      </header>
      <Offline />
      <main id="main" ref={main} tabIndex={-1} className="mx-auto flex w-full max-w-[1440px] flex-1 flex-col px-4 py-6 outline-none sm:px-6">
        <Outlet />
      </main>
      {palette ? (
        <Suspense>
          <CommandPalette onClose={() => setPalette(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className="size-6">
      <circle cx="16" cy="16" r="4.5" fill="var(--accent)" />
      <ellipse cx="16" cy="16" rx="13" ry="6.5" fill="none" stroke="var(--accent)" strokeWidth="1.75" transform="rotate(-24 16 16)" />
      <circle cx="27" cy="9.6" r="2.6" fill="var(--warn)" />
    </svg>
  );
}

/** Which kernel the page talks to; a choice when there are two. */
function KernelBadge() {
  const { where, choices, choose } = useKernel();
  const { data, error } = useInfo();
  const state = error ? "not running" : data ? "ready" : "starting";
  if (choices.length > 1) {
    return (
      <label className="flex min-w-0 items-center gap-1 text-12 text-muted">
        <span className="sr-only">Run tasks</span>
        <select
          value={where}
          onChange={(event) => choose(event.target.value as typeof where)}
          className="h-8 w-full min-w-0 max-w-20 truncate rounded-8 border border-control bg-surface px-1 text-13 text-fg sm:max-w-none"
        >
          <option value="node">on this computer's server</option>
          <option value="tab">in this tab</option>
        </select>
      </label>
    );
  }
  return (
    <span
      className="hidden items-center gap-1.5 text-12 text-muted sm:flex"
      title={data ? `The kernel was ready after ${Math.round(data.readyMs)} ms` : undefined}
    >
      <span aria-hidden className={`size-2 rounded-full ${error ? "bg-error" : data ? "bg-ok" : "bg-warn"}`} />
      kernel in this tab: {state}
    </span>
  );
}

function Offline() {
  const [online, setOnline] = useState(navigator.onLine);
  const { reachable } = useKernel();
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    addEventListener("online", update);
    addEventListener("offline", update);
    return () => {
      removeEventListener("online", update);
      removeEventListener("offline", update);
    };
  }, []);
  if (online && reachable) return null;
  return (
    <p role="status" className="flex items-center justify-center gap-2 border-b border-line bg-raised px-4 py-1.5 text-13 text-muted">
      <WifiOff aria-hidden className="size-4" strokeWidth={1.75} />
      {reachable ? "Offline. Everything in this tab goes on working." : "The server does not answer. Trying again…"}
    </p>
  );
}
