import { Runner } from "@orrery/sdk";
import type { StartOptions } from "../client/host-client.ts";
import { saveSetting } from "../settings/load-settings.ts";
import { count, estimateWords } from "./format.ts";
import type { Session } from "./with-host.ts";
import { untilInputEnds } from "./until-input-ends.ts";

/**
 * Whether paid models may be used where nobody has said so on the command line. A person is shown the forecast and asked once, ever;
 * without a person the answer is no.
 */
export async function agreeToSpending({ client, host, terminal }: Session, asked: StartOptions): Promise<boolean> {
  if (asked.budget !== undefined || asked.team?.budget !== undefined || !terminal.interactive) return false;
  if (host.settings.spending.agreed) return true;
  const forecast = await host.need(Runner).forecast(client.request({ ...asked, agreed: true }));
  const paid = forecast.models.filter((row) => row.paid);
  if (paid.length === 0) return false;

  const { capUsd } = host.settings.spending;
  terminal.line(`This would use ${[...new Set(paid.map(({ model }) => model))].join(", ")}, which costs money:`);
  for (const { agent, model, why } of paid) terminal.line(`  ${agent} on ${model}: ${why}`);
  terminal.line(
    `${count(forecast.predicted.expected, "call")}, ${estimateWords(forecast.estimate)}. A run never spends more than $${capUsd} (setting spending.capUsd).`,
  );
  const { confirm, isCancel } = await import("@clack/prompts");
  const message = "Use paid models, now and from here on, up to that cap a run?";
  const answer = await untilInputEnds((signal) => confirm({ message, initialValue: false, signal }));
  if (isCancel(answer) || !answer) {
    terminal.line("Then it uses what is free.");
    return false;
  }
  saveSetting(host.home, "spending.agreed", true);
  return true;
}
