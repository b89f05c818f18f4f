import type { WaitingItem } from "@orrery/sdk";
import { oneLine } from "../terminal.ts";
import { type Common, withHost } from "../with-host.ts";

/** `orrery inbox`: everything that waits for a person. */
export function inbox(options: Common): Promise<number> {
  return withHost(options, async ({ client, terminal }) => {
    const waiting = await client.waiting();
    terminal.object({ waiting });
    if (waiting.length === 0) terminal.line("Nothing waits for a person.");
    for (const item of waiting) show(item, terminal.line.bind(terminal), terminal.colours);
    return 0;
  });
}

function show(
  { run, task, gate, ask, path, artifact, since }: WaitingItem,
  line: (text?: string) => void,
  { bold, dim }: { bold(text: string): string; dim(text: string): string },
): void {
  line(`${bold(oneLine(ask, 200))}  ${dim(`since ${new Date(since).toISOString().slice(0, 16).replace("T", " ")}`)}`);
  line(`  ${dim("task")}   ${oneLine(task, 120)}${path ? dim(`  at ${path}`) : ""}`);
  if (artifact) line(`  ${dim("made")}   ${oneLine(artifact.text, 300)}`);
  line(`  ${dim("decide")} orrery run approve ${run} ${gate}   ${dim("or: orrery run deny")} ${run} ${gate} --note "…"`);
  line();
}
