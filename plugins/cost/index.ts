import { Budgets, definePlugin, Journal, lazy, Ledger, optional, Storage, usdToNano } from "@orrery/sdk";
import { z } from "zod";
import type { BudgetLedger } from "./ledger.ts";

const usdPerMTok = z.number().nonnegative();

/** Accounts and prices, loaded at the first call. */
export const load = lazy(() => Promise.all([import("./ledger.ts"), import("./price-book.ts"), import("./allowances.ts")]));

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
      dayCapUsd: z.number().nonnegative().default(5).describe("Most a day (UTC) may cost over all runs, in US dollars"),
      /** What plugins may spend on questions of their own to models, in US dollars a run and a day (UTC), by plugin id: at most, for one that was granted a budget. */
      plugins: z
        .record(z.string(), z.strictObject({ runUsd: z.number().nonnegative().default(0.01), dayUsd: z.number().nonnegative().default(0.1) }))
        .default({}),
      /** US dollars a million tokens, by `provider/model`, for models the catalogue does not know. */
      prices: z.record(z.string(), z.strictObject({ inputUsdPerMTok: usdPerMTok, outputUsdPerMTok: usdPerMTok })).default({}),
    })
    .prefault({}),
  requires: { storage: Storage },
  provides: [Ledger],
  setup({ use, config, tap, provide, when, log, clock }) {
    const journal = optional(when, Journal);
    const budgets = optional(when, Budgets);
    const ledger = lazy(async (): Promise<BudgetLedger> => {
      const [{ BudgetLedger }, { PriceBook }, { allowanceOf, Allowances }] = await load();
      const set = new Map(Object.entries(config.plugins));
      return new BudgetLedger({
        book: new PriceBook(config.prices, clock.now),
        store: use.storage.open("orrery.cost"),
        allowances: new Allowances((plugin) => allowanceOf(budgets()?.of(plugin), set.get(plugin)), use.storage),
        log,
        journal,
        now: clock.now,
        dayCapNano: usdToNano(config.dayCapUsd),
      });
    });
    provide(Ledger, {
      settle: async (...asked) => (await ledger()).settle(...asked),
      release: async (...asked) => (await ledger()).release(...asked),
      totals: async (...asked) => (await ledger()).totals(...asked),
      reserved: async (...asked) => (await ledger()).reserved(...asked),
      committed: async (...asked) => (await ledger()).committed(...asked),
      price: async (...asked) => (await ledger()).price(...asked),
      allowance: async (...asked) => (await ledger()).allowance(...asked),
      day: async () => (await ledger()).day(),
    });
    // What another guard denies, the runner releases.
    tap("budget.reserve", async (estimate) => (await ledger()).reserve(estimate));
    tap("task.finish", async ({ task }) => (await ledger()).end(task.run), { phase: "observe" });
    tap("task.fail", async ({ task }) => (await ledger()).end(task.run), { phase: "observe" });
  },
});
