import { Budgets, definePlugin, Journal, lazy, Ledger, liveConfig, optional, Storage, usdToNano } from "@orrery/sdk";
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
  live: true,
  requires: { storage: Storage },
  provides: [Ledger],
  setup(context) {
    const { use, tap, provide, when, log, clock } = context;
    const config = liveConfig(context);
    const journal = optional(when, Journal);
    const budgets = optional(when, Budgets);
    let opened: BudgetLedger | undefined;
    const open = lazy(async (): Promise<BudgetLedger> => {
      const [{ BudgetLedger }, { PriceBook }, { allowanceOf, Allowances }] = await load();
      opened = new BudgetLedger({
        book: new PriceBook(() => config().prices, clock.now),
        store: use.storage.open("orrery.cost"),
        allowances: new Allowances((plugin) => allowanceOf(budgets()?.of(plugin), new Map(Object.entries(config().plugins)).get(plugin)), use.storage),
        log,
        journal,
        now: clock.now,
        dayCapNano: (run) => usdToNano(config(run).dayCapUsd),
      });
      return opened;
    });
    /** A call that finds the ledger open costs no turn. */
    const using = <T>(work: (ledger: BudgetLedger) => Promise<T>): Promise<T> => (opened ? work(opened) : open().then(work));
    provide(Ledger, {
      settle: (...asked) => using((ledger) => ledger.settle(...asked)),
      release: (...asked) => using((ledger) => ledger.release(...asked)),
      totals: (...asked) => using((ledger) => ledger.totals(...asked)),
      reserved: (...asked) => using((ledger) => ledger.reserved(...asked)),
      committed: (...asked) => using((ledger) => ledger.committed(...asked)),
      price: (...asked) => using((ledger) => ledger.price(...asked)),
      allowance: (...asked) => using((ledger) => ledger.allowance(...asked)),
      day: () => using((ledger) => ledger.day()),
    });
    // What another guard denies, the runner releases.
    tap("budget.reserve", (estimate) => (opened ? opened.reserve(estimate) : using(async (ledger) => ledger.reserve(estimate))));
    tap("task.finish", ({ task }) => using((ledger) => ledger.end(task.run)), { phase: "observe" });
    tap("task.fail", ({ task }) => using((ledger) => ledger.end(task.run)), { phase: "observe" });
  },
});
