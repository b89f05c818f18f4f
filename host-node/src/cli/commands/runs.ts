import { table } from "../format.ts";
import { oneLine } from "../terminal.ts";
import { type Common, withHost } from "../with-host.ts";

/** `orrery runs`. */
export function runs(options: Common & { limit: number; thread?: string }): Promise<number> {
  return withHost(options, async ({ client, terminal }) => {
    const found = await client.runs({ limit: options.limit, ...(options.thread ? { thread: options.thread } : {}) });
    terminal.object({ runs: found });
    if (found.length === 0) terminal.line('No runs yet. Try: orrery start --once, or orrery run "…" --docs FOLDER');
    const rows = found.map(({ run, status, startedAt, task }) => [
      run,
      new Date(startedAt).toISOString().slice(0, 16).replace("T", " "),
      status,
      oneLine(task, 80),
    ]);
    for (const line of table(rows)) terminal.line(line);
    return 0;
  });
}
