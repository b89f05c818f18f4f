import { table } from "../format.ts";
import { oneLine } from "../terminal.ts";
import { type Common, withHost } from "../with-host.ts";

/** `orrery tools`. */
export function tools(options: Common): Promise<number> {
  return withHost(options, async ({ client, terminal }) => {
    const found = await client.tools();
    terminal.object({ tools: found });
    const { green, yellow, red } = terminal.colours;
    const paint = { allow: green, ask: yellow, deny: red };
    const rows = found.map(({ name, effects, decision, why }) => [
      oneLine(name, 60),
      effects.length === 0 ? "reads" : effects.join(", "),
      paint[decision](decision),
      oneLine(why, 120),
    ]);
    for (const line of table([["tool", "may", "", "why"], ...rows])) terminal.line(line);
    return 0;
  });
}
