import type { GateView, RunView } from "./run-view.ts";

/** Questions of the run that nobody has decided. */
export const openGates = (view: RunView): GateView[] => (view.finished ? [] : view.gates.filter(({ decided }) => !decided));

/** How the run stands, as far as its own entries say. */
export function standing(view: RunView): string {
  if (view.finished) return view.finished.status;
  if (view.paused) return "paused";
  return openGates(view).length > 0 ? "waiting" : "running";
}
