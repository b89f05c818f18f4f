import type { ModelInfo } from "@orrery/sdk";
import { table } from "../format.ts";
import { type Common, withHost } from "../with-host.ts";

/** `orrery models`: what is connected, found or embedded, with prices. */
export function models(options: Common): Promise<number> {
  return withHost(options, async ({ host, terminal }) => {
    const answers = await host.kernel.call("model.list", { refresh: true });
    const found = answers.flatMap((answer) => (answer.ok ? answer.value : []));
    const failed = answers.flatMap((answer) => (answer.ok ? [] : [{ plugin: answer.plugin, ...answer.error }]));
    terminal.object({ models: found, failed });
    const rows = found.map((model) => [model.id, model.kind, model.state, price(model), [model.source, model.note].filter(Boolean).join("; ")]);
    for (const line of table([["MODEL", "KIND", "STATE", "$ IN / OUT PER M TOKENS", "FROM"], ...rows])) terminal.line(line);
    for (const { plugin, message } of failed) terminal.line(terminal.colours.yellow(`${plugin} could not list its models: ${message}`));
    if (!found.some(({ kind }) => kind === "generative"))
      terminal.line("To have prose written: orrery connect ollama (free, on this machine), or openai, anthropic, google.");
    return 0;
  });
}

function price(model: ModelInfo): string {
  if (!model.paid) return "free";
  return model.price ? `${model.price.inputUsdPerMTok} / ${model.price.outputUsdPerMTok}` : "unknown: refused under a budget";
}
