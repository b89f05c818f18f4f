import type { RunQuery } from "@orrery/sdk";
import { table } from "../format.ts";
import { oneLine } from "../terminal.ts";
import { type Common, withHost } from "../with-host.ts";

/** `orrery runs`. */
export function runs(options: Common & Pick<RunQuery, "thread" | "status" | "after"> & { limit: number }): Promise<number> {
  return withHost(options, async ({ client, terminal }) => {
    const { limit, thread, status, after } = options;
    const asked = { ...(thread ? { thread } : {}), ...(status ? { status } : {}), ...(after ? { after } : {}) };
    const found = await client.runs({ limit, ...asked });
    terminal.object({ runs: found });
    if (found.length === 0)
      terminal.line(Object.keys(asked).length > 0 ? "No such runs." : 'No runs yet. Try: orrery start --once, or orrery run "…" --docs FOLDER');
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
