import { definePlugin, Journal, Ledger, Storage, usdToNano } from "@orrery/sdk";
import { z } from "zod";
import { BudgetLedger } from "./ledger.ts";
import { PriceBook } from "./price-book.ts";

const usdPerMTok = z.number().nonnegative();

/** Reserves the most a call may cost before it is made, books what it did cost, and denies what would pass a cap. */
export default definePlugin({
  manifest: {
    id: "orrery.cost",
    version: "0.1.0",
    api: "^1.0",
    title: "Cost",
    description: "A ledger in nano-dollars: caps per run and day held before each call, prices from genai-prices.",
  },
  config: z
    .strictObject({
      /** Most a day (UTC) may cost over all runs, in US dollars. */
      dayCapUsd: z.number().nonnegative().default(5),
      /** US dollars a million tokens, by `provider/model`, for models the catalogue does not know. */
      prices: z.record(z.string(), z.strictObject({ inputUsdPerMTok: usdPerMTok, outputUsdPerMTok: usdPerMTok })).default({}),
    })
    .prefault({}),
  requires: { storage: Storage },
  provides: [Ledger],
  setup({ use, config, tap, provide, when, log, clock }) {
    let journal: Journal | undefined;
    when({ journal: Journal }, ({ use: found, own }) => {
      journal = found.journal;
      own("journal", () => {
        journal = undefined;
      });
    });
    const ledger = new BudgetLedger({
      book: new PriceBook(config.prices, clock.now),
      store: use.storage.open("orrery.cost"),
      log,
      journal: () => journal,
      now: clock.now,
      dayCapNano: usdToNano(config.dayCapUsd),
    });
    provide(Ledger, ledger);
    // What another guard denies, the runner releases.
    tap("budget.reserve", (estimate) => ledger.reserve(estimate));
    tap("task.finish", ({ task }) => ledger.end(task.run), { phase: "observe" });
    tap("task.fail", ({ task }) => ledger.end(task.run), { phase: "observe" });
  },
});
