import type { SubmitRequest } from "@orrery/sdk";
import { useForecast } from "../client/queries.ts";
import { nanoMoney, plural } from "../ui/format.ts";

/** Before money is spent: what the run would come to, beside the most it may. */
export function ForecastLine({ request }: { request: SubmitRequest }) {
  const { data, error } = useForecast(request);
  if (error) return <p className="text-13 text-warn">No forecast: {error.message}</p>;
  if (!data) return <p className="text-13 text-muted">Working out what this would cost…</p>;
  const { expectedNano, maxNano, predicted, models, topology } = data;
  const names = [...new Set(models.filter(({ paid }) => paid).map(({ model }) => model))].join(", ");
  const cost =
    expectedNano === undefined || maxNano === undefined
      ? "at a price nobody knows: under a budget it will be refused"
      : `about ${nanoMoney(expectedNano)}, ${nanoMoney(maxNano)} at the very most`;
  return (
    <p role="status" className="text-13 text-muted">
      Forecast: {plural(predicted.expected, "call")} ({topology}) of {names || "free models"}, {cost}. It stops before it would pass your limit.
    </p>
  );
}
