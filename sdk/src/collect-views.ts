import type { Kernel } from "@orrery/kernel";
import type { Lifecycle } from "./lifecycle.ts";
import type { ShownView, ViewQuery } from "./plugin-view.ts";

/** What plugins show at a place: each view, or why there is none. One that was not granted `ui.view` is told of, not drawn. */
export async function collectViews(kernel: Pick<Kernel<Lifecycle>, "call" | "inspect">, query: ViewQuery): Promise<ShownView[]> {
  const answers = await kernel.call("ui.view", query);
  const taps = kernel.inspect().plugins.filter((plugin) => plugin.taps.some(({ hook }) => hook === "ui.view"));
  const denied = taps.flatMap(({ id, capabilities }) => (capabilities.granted.some((each) => each === "ui.view" || each === "*") ? [] : [id]));
  const shown = answers.filter(({ plugin }) => !denied.includes(plugin));
  return [
    ...shown.map((answer): ShownView => (answer.ok ? { plugin: answer.plugin, view: answer.value } : { plugin: answer.plugin, problem: answer.error })),
    ...denied.map((plugin): ShownView => ({ plugin, problem: { code: "CAPABILITY_DENIED", message: `${plugin} was not granted ui.view` } })),
  ];
}
