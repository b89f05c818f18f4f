import type { Kernel } from "@orrery/kernel";
import type { AnyPlugin } from "../define-plugin.ts";
import { OrreryError } from "../error.ts";
import { Journal } from "../journal.ts";
import type { Lifecycle } from "../lifecycle.ts";

/** Whatever uses a plugin's services starts anew with it, and a run with that. Throws SETTINGS_BUSY while one is under way. */
export async function assertIdle(kernel: Pick<Kernel<Lifecycle>, "service">, { manifest: { id }, provides = [] }: AnyPlugin): Promise<void> {
  const running = provides.length === 0 ? [] : ((await kernel.service(Journal)?.runs({ status: "running", limit: 1 })) ?? []);
  if (running.length === 0) return;
  throw new OrreryError("SETTINGS_BUSY", `a run is under way, and others work with what ${id} provides`, {
    todo: "Nothing was changed. Try again when the run has ended, or cancel it.",
    refusal: true,
  });
}
