import { ExtendTabs } from "../extend/ExtendTabs.tsx";
import { PluginViews } from "./PluginViews.tsx";

/** What plugins show of their own. */
export function ViewsRoom() {
  return (
    <div className="flex flex-1 flex-col gap-4">
      <h1 className="text-20 font-semibold">Views</h1>
      <ExtendTabs />
      <PluginViews place="extend" />
    </div>
  );
}
