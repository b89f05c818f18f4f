import { lazy, Suspense } from "react";
import { Loading } from "../ui/States.tsx";

const Views = lazy(() => import("./PluginViews.tsx").then(({ PluginViews }) => ({ default: PluginViews })));

/** What plugins show beside a run; its code comes when it is first looked at. */
export function RunViews({ run }: { run: string }) {
  return (
    <Suspense fallback={<Loading what="Asking the plugins" />}>
      <Views place="run" run={run} />
    </Suspense>
  );
}
