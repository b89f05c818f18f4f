import type { Runner, RunReport } from "@orrery/sdk";
import type { HostClient } from "../client/host-client.ts";
import { Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** Shows a run until it has ended, or waits for a person and nothing else goes on. Ctrl+C cancels it, and it still ends with a report; a second one leaves at once. */
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
    if (terminal.json) return await runner.wait(runId);
    const shown = await show(client, terminal, runId);
    const report = await runner.wait(runId);
    // Of a run that waits for a person, what led there.
    await shown.until(report.journal.events);
    return report;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

/** Shows entries as they come; `until` resolves once so many were shown. */
async function show(client: HostClient, terminal: Terminal, runId: string): Promise<{ until(entries: number): Promise<void> }> {
  const progress = new Progress(terminal);
  let shown = 0;
  let broken: { error: unknown } | undefined;
  let tell = () => {};
  await client.watch(
    runId,
    0,
    (message) => {
      progress.show(message);
      if (message.kind !== "event") return;
      shown = message.event.idx + 1;
      tell();
    },
    (error) => {
      broken = { error };
      tell();
    },
  );
  return {
    async until(entries) {
      while (shown < entries && !broken)
        await new Promise<void>((resolve) => {
          tell = resolve;
        });
      if (broken) throw broken.error;
    },
  };
}
