import { SlidersHorizontal } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useKernel } from "../client/kernel-source.tsx";
import { Button } from "../ui/Button.tsx";
import { Loading } from "../ui/States.tsx";

const PluginSettings = lazy(() => import("./PluginSettings.tsx").then((loaded) => ({ default: loaded.PluginSettings })));

/** Opens the form of a plugin's settings; nothing of it is loaded before. */
export function SettingsDoor({ id, title }: { id: string; title: string }) {
  const { client } = useKernel();
  const [open, setOpen] = useState(false);
  if (!client.pluginSettings) return null;
  return (
    <div className="flex flex-col items-start gap-3">
      <Button size="small" look="quiet" aria-expanded={open} onClick={() => setOpen(!open)} aria-label={`Settings: ${title}`}>
        <SlidersHorizontal aria-hidden className="size-3.5" strokeWidth={1.75} /> Settings
      </Button>
      {open ? (
        <div className="w-full">
          <Suspense fallback={<Loading />}>
            <PluginSettings id={id} title={title} />
          </Suspense>
        </div>
      ) : null}
    </div>
  );
}
