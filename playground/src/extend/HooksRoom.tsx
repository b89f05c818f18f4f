import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Link } from "@tanstack/react-router";
import { useExplanation, useHooks } from "../client/queries.ts";
import { useRowKeys } from "../shell/use-shortcuts.ts";
import { Failed, Loading } from "../ui/States.tsx";
import { Status } from "../ui/Status.tsx";
import { ExtendTabs } from "./ExtendTabs.tsx";

const route = getRouteApi("/extend/hooks");
const faults: Record<string, string> = { fail: "the call fails", skip: "the tap is skipped", closed: "it counts as a denial" };

/** The hooks of a task's life, and why each one's taps stand in the order they do. */
export function HooksRoom() {
  const { hook: asked } = route.useSearch();
  const navigate = useNavigate();
  const { data: hooks = [], error, isPending } = useHooks();
  const chosen = asked ?? hooks[0];
  const explanation = useExplanation(chosen);
  const choose = (hook: string) => void navigate({ to: "/extend/hooks", search: { hook }, replace: true, resetScroll: false });
  useRowKeys((by) => {
    const next = hooks[Math.min(hooks.length - 1, Math.max(0, hooks.indexOf(chosen ?? "") + by))];
    if (next) choose(next);
  });
  return (
    <div className="flex flex-1 flex-col gap-4">
      <h1 className="text-20 font-semibold">Hooks</h1>
      <ExtendTabs />
      {error ? <Failed error={error} what="The hooks could not be listed" /> : null}
      {isPending ? <Loading what="Asking the kernel" /> : null}
      {hooks.length > 0 ? (
        <div className="grid grid-cols-1 items-start gap-4 md:grid-cols-[minmax(0,16rem)_minmax(0,1fr)]">
          <ul className="overflow-hidden rounded-12 border border-line bg-surface max-md:max-h-64 max-md:overflow-y-auto" aria-label="Hooks">
            {hooks.map((hook) => (
              <li key={hook} className="border-b border-line last:border-0">
                <button
                  type="button"
                  aria-pressed={hook === chosen}
                  onClick={() => choose(hook)}
                  className={`flex h-8 w-full items-center px-3 text-start font-mono text-13 -outline-offset-2 hover:bg-raised ${hook === chosen ? "bg-raised" : ""}`}
                >
                  {hook}
                </button>
              </li>
            ))}
          </ul>
          {explanation.error ? <Failed error={explanation.error} what={`${chosen} cannot be explained`} /> : null}
          {explanation.data ? (
            <article className="flex flex-col gap-4 rounded-12 border border-line bg-surface p-5">
              <header className="flex flex-col gap-1">
                <h2 className="font-mono text-16 font-semibold">{explanation.data.hook}</h2>
                <p>{explanation.data.doc}</p>
                <p className="text-13 text-muted">
                  {explanation.data.kind} · a fault: {faults[explanation.data.fault] ?? explanation.data.fault} · each tap has{" "}
                  {explanation.data.deadlineMs === "caller" ? "the caller's deadline" : `${explanation.data.deadlineMs / 1_000} s`}
                </p>
              </header>
              {explanation.data.taps.length === 0 ? (
                <p className="text-muted">
                  Nobody taps it.{" "}
                  <Link to="/extend/playground" className="text-accent underline underline-offset-2">
                    Write a plugin that does
                  </Link>
                  .
                </p>
              ) : (
                <ol className="flex flex-col gap-2" aria-label="Taps in order">
                  {explanation.data.taps.map((tap, i) => (
                    <li key={`${tap.plugin}${i}`} className="grid grid-cols-[1.5rem_minmax(0,1fr)_auto] gap-x-2 rounded-8 border border-line px-3 py-2 text-13">
                      <span className="text-subtle">{i + 1}</span>
                      <span>
                        <Link to="/extend" search={{ plugin: tap.plugin }} className="font-medium underline-offset-2 hover:underline">
                          {tap.plugin}
                        </Link>
                        <span className="block text-muted">
                          {tap.phase}: {tap.because}
                        </span>
                      </span>
                      <Status state={tap.state} />
                    </li>
                  ))}
                </ol>
              )}
            </article>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
