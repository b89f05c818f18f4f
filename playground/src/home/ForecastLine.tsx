import type { SubmitRequest } from "@orrery/sdk";
import { basisWords } from "@orrery/sdk/basis-words";
import { useForecast } from "../client/queries.ts";
import { estimatedMoney } from "../ui/estimate.ts";
import { plural } from "../ui/format.ts";

/** Before Run is pressed: the calls, tokens and money the run would come to; of a paid one, beside the most it may. */
export function ForecastLine({ request, paid }: { request: SubmitRequest; paid: boolean }) {
  const { data, error } = useForecast(request);
  if (error) return <p className="text-13 text-warn">No forecast: {error.message}</p>;
  if (!data) return <p className="text-13 text-muted">Working out what this would take…</p>;
  const { estimate, predicted, models, topology } = data;
  const names = [...new Set(models.map(({ model }) => model))].join(", ");
  return (
    <p role="status" className="text-13 text-muted">
      Forecast: {plural(predicted.expected, "call")} ({topology}){names ? ` of ${names}` : ", and no model for them"}, about{" "}
      {estimate.inputTokens.toLocaleString("en")} tokens in, {estimate.outputTokens.toLocaleString("en")} out, {estimatedMoney(estimate)}.{" "}
      {estimate.basis && estimate.basis.length > 0 ? `Answers ${basisWords(estimate.basis)}. ` : ""}
      {paid ? "It stops before it would pass your limit." : ""}
    </p>
  );
}
