import type { Runner, RunReport } from "@orrery/sdk";
import type { HostClient } from "../client/host-client.ts";
import { Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** Shows a run until it has ended. Ctrl+C cancels it, and it still ends with a report; a second one leaves at once. */
export async function follow(client: HostClient, runner: Runner, terminal: Terminal, runId: string): Promise<RunReport> {
  let asked = false;
  const interrupt = () => {
    if (asked) process.exit(1);
    asked = true;
    terminal.status("cancelling …");
    void client.cancel(runId);
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    if (!terminal.json) {
      const progress = new Progress(terminal);
      await new Promise<void>((done, fail) => {
        client.watch(runId, 0, (message) => (message.kind === "end" ? done() : progress.show(message)), fail).catch(fail);
      });
    }
    return await runner.wait(runId);
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}
