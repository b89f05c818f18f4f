import { type CallEstimate, costOf, type GuardAnswer, type Journal, type KeyValue, Ledger, type ModelResponse, usdToNano } from "@orrery/sdk";
import { createTestHost, memoryStorage, type TestHost } from "@orrery/sdk/testing";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import cost from "./index.ts";
import { type Allowance, Allowances } from "./allowances.ts";
import { BudgetLedger } from "./ledger.ts";
import { PriceBook } from "./price-book.ts";

const noon = Date.UTC(2026, 10, 22, 12);
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const own = { "lab/flat": { inputUsdPerMTok: 1, outputUsdPerMTok: 1 } };

function ledgerOver(
  store: KeyValue,
  {
    dayCapNano = Number.MAX_SAFE_INTEGER,
    prices = own as Record<string, { inputUsdPerMTok: number; outputUsdPerMTok: number }>,
    allowed = {} as Record<string, Allowance>,
    journal = () => undefined as Journal | undefined,
  } = {},
): BudgetLedger {
  const allowances = new Allowances((plugin) => allowed[plugin] ?? { runNano: 0, dayNano: 0 }, memoryStorage());
  return new BudgetLedger({
    book: new PriceBook(
      () => prices,
      () => noon,
    ),
    store,
    log: silent,
    journal,
    now: () => noon,
    dayCapNano: () => dayCapNano,
    allowances,
  });
}
const store = (): KeyValue => memoryStorage().open("t");

/** At a dollar a million tokens one token is 1,000 nano-dollars. */
const estimate = (reservation: string, tokens: number, over: Partial<CallEstimate> & { run?: string; capNano?: number } = {}): CallEstimate => {
  const { run = "run_1", capNano = 1_000_000, ...rest } = over;
  return {
    reservation,
    origin: { run, task: "t", step: `s/${reservation}`, agent: "writer", plugin: "orrery.topology.dag", actor: "me", workspace: "w" },
    kind: "model",
    model: "lab/flat",
    paid: true,
    inputTokens: tokens,
    outputTokens: 0,
    spending: { allowed: true, capNano, why: "a test" },
    ...rest,
  };
};
const answered = (tokens: number, model = "lab/flat"): ModelResponse => ({ model, text: "x", usage: { inputTokens: tokens, outputTokens: 0 }, finish: "stop" });
const code = (answer: GuardAnswer | undefined): string => (answer?.decision === "deny" ? (answer.reason.split(":")[0] ?? "") : (answer?.decision ?? ""));

describe("the ledger", () => {
  it("reserves the upper bound, books the real price and frees the rest", async () => {
    const ledger = ledgerOver(store());
    expect(await ledger.reserve(estimate("a", 600))).toMatchObject({ decision: "allow", reason: expect.stringContaining("$0.0006 reserved") });
    expect(await ledger.committed("run_1")).toBe(600_000);
    expect(await ledger.reserved("a")).toBe(600_000);
    expect(await ledger.settle("a", answered(250))).toMatchObject({ nano: 250_000, source: expect.stringContaining("lab/flat") });
    expect(await ledger.committed("run_1")).toBe(250_000);
    expect((await ledger.day()).spentNano).toBe(250_000);
    expect(await ledger.totals("run_1")).toMatchObject({
      nano: 250_000,
      calls: 1,
      inputTokens: 250,
      byAgent: { writer: 250_000 },
      byPlugin: { "orrery.topology.dag": 250_000 },
      byStep: { "s/a": 250_000 },
      byModel: { "lab/flat": 250_000 },
    });
  });

  it("settles and releases once, whatever is asked again", async () => {
    const ledger = ledgerOver(store());
    await ledger.reserve(estimate("a", 500));
    const [first, racing] = await Promise.all([ledger.settle("a", answered(100)), ledger.settle("a", answered(400))]);
    expect(racing).toEqual(first);
    expect(await ledger.settle("a", answered(400))).toEqual(first);
    await ledger.release("a");
    expect(await ledger.committed("run_1")).toBe(100_000);
    await ledger.reserve(estimate("b", 500));
    await Promise.all([ledger.release("b"), ledger.release("b")]);
    await ledger.release("never");
    expect(await ledger.committed("run_1")).toBe(100_000);
    expect((await ledger.day()).spentNano).toBe(100_000);
  });

  it("denies with a code: not agreed, no price, run's cap, day's cap, a reservation used twice", async () => {
    const ledger = ledgerOver(store(), { dayCapNano: 1_500_000 });
    expect(code(await ledger.reserve(estimate("a", 1, { spending: { allowed: false, capNano: 1e9, why: "not interactive" } })))).toBe("SPENDING_NOT_AGREED");
    expect(code(await ledger.reserve(estimate("b", 1, { model: "nobody/knows" })))).toBe("PRICE_UNKNOWN");
    expect(code(await ledger.reserve(estimate("c", 1_001)))).toBe("BUDGET_EXCEEDED");
    expect(code(await ledger.reserve(estimate("d", 1_000)))).toBe("allow");
    expect(code(await ledger.reserve(estimate("d", 1)))).toBe("RESERVATION_REUSED");
    expect(await ledger.reserve(estimate("e", 600, { run: "run_2" }))).toMatchObject({ decision: "deny", reason: expect.stringContaining("today's $0.0015") });
    expect(await ledger.committed("run_2")).toBe(0);
  });

  it("keeps what was reserved for a call that broke off and may be billed", async () => {
    const ledger = ledgerOver(store());
    await ledger.reserve(estimate("a", 700));
    await ledger.release("a", { maybeBilled: true });
    await ledger.release("a");
    expect(await ledger.committed("run_1")).toBe(700_000);
    expect((await ledger.day()).spentNano).toBe(700_000);
    expect((await ledger.totals("run_1")).nano).toBe(0);
    expect(code(await ledger.reserve(estimate("b", 301)))).toBe("BUDGET_EXCEEDED");
    await ledger.end("run_1");
    expect(ledger.held).toEqual({ runs: 0, reservations: 0 });
  });

  it("allows free calls whatever the cap, and counts them", async () => {
    const ledger = ledgerOver(store());
    const free = estimate("a", 9_999_999, { paid: false, model: "orrery/extractive", spending: { allowed: false, capNano: 0, why: "none" } });
    expect(code(await ledger.reserve(free))).toBe("allow");
    expect(await ledger.reserved("a")).toBeUndefined();
    expect(await ledger.settle("a", answered(70, "orrery/extractive"))).toEqual({ nano: 0, source: "costs nothing" });
    expect(await ledger.totals("run_1")).toMatchObject({ nano: 0, calls: 1, inputTokens: 70 });
  });

  it("spends nothing when the day cannot be counted", async () => {
    const broken: KeyValue = {
      ...store(),
      increment: async () => {
        throw new Error("disk full");
      },
    };
    const ledger = ledgerOver(broken);
    expect(await ledger.reserve(estimate("a", 10))).toMatchObject({ decision: "deny", reason: expect.stringContaining("disk full") });
    expect(await ledger.committed("run_1")).toBe(0);
  });

  it("books a call that cost more than its bound as it was, and pays for nothing more in that run", async () => {
    const ledger = ledgerOver(store());
    await ledger.reserve(estimate("a", 100));
    expect(await ledger.settle("a", answered(300))).toMatchObject({ nano: 300_000, source: expect.stringContaining("more than was reserved") });
    expect(await ledger.committed("run_1")).toBe(300_000);
    expect(code(await ledger.reserve(estimate("b", 1)))).toBe("BUDGET_EXCEEDED");
    expect(code(await ledger.reserve(estimate("c", 1, { paid: false })))).toBe("allow");
    expect(code(await ledger.reserve(estimate("d", 1, { run: "run_2" })))).toBe("allow");
  });

  it("books the bound when a provider says nothing of tokens", async () => {
    const ledger = ledgerOver(store(), { prices: {} });
    await ledger.reserve(estimate("a", 1_000, { model: "openai/gpt-4o-mini", outputTokens: 100 }));
    const bound = await ledger.reserved("a");
    expect(bound).toBeGreaterThan(0);
    expect(await ledger.settle("a", { model: "openai/gpt-4o-mini", text: "x", usage: { inputTokens: 0, outputTokens: 0 }, finish: "stop" })).toMatchObject({
      nano: bound,
      source: expect.stringContaining("upper bound"),
    });
  });

  it("never reserves less than plain tokens cost, cached or reasoned ones included", async () => {
    const book = new PriceBook(
      () => ({}),
      () => noon,
    );
    for (const model of ["anthropic/claude-sonnet-4-5", "openai/gpt-5", "google/gemini-2.5-flash"]) {
      const plain = (await book.price(model, 10_000, 1_000)) ?? Number.NaN;
      expect(await book.bound(model, 10_000, 1_000)).toBeGreaterThanOrEqual(plain);
    }
    // Writing to Anthropic's cache costs a quarter more than reading the prompt.
    expect(await book.bound("anthropic/claude-sonnet-4-5", 1_000_0, 0)).toBe(1.25 * ((await book.price("anthropic/claude-sonnet-4-5", 1_000_0, 0)) ?? 0));
  });

  it("keeps nothing of a run that has ended, and waits for the calls still open", async () => {
    const ledger = ledgerOver(store());
    for (let i = 0; i < 50; i += 1) {
      const run = `run_${i}`;
      await ledger.reserve(estimate(`${run}/a`, 10, { run }));
      await ledger.reserve(estimate(`${run}/b`, 10, { run }));
      await ledger.reserve(estimate(`${run}/c`, 10, { run }));
      await ledger.settle(`${run}/a`, answered(5));
      await ledger.release(`${run}/c`);
      await ledger.end(run);
      expect(ledger.held.runs).toBe(1);
      await ledger.settle(`${run}/b`, answered(5));
      expect(ledger.held).toEqual({ runs: 0, reservations: 0 });
    }
  });

  it("never passes a run's or the day's cap, however calls race, settle and fail", async () => {
    const call = fc.record({
      run: fc.integer({ min: 0, max: 3 }),
      tokens: fc.integer({ min: 1, max: 400 }),
      used: fc.double({ min: 0, max: 1, noNaN: true }),
      fails: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { maxLength: 60 }),
        fc.integer({ min: 0, max: 1_500_000 }),
        fc.integer({ min: 0, max: 3_000_000 }),
        fc.scheduler(),
        async (calls, capNano, dayCapNano, scheduler) => {
          const days = store();
          // The store answers when the scheduler lets it: every interleaving is tried.
          const slow: KeyValue = { ...days, increment: scheduler.scheduleFunction(days.increment) };
          const ledger = ledgerOver(slow, { dayCapNano });
          const spent = new Map<string, number>();
          const holds = async (run: string): Promise<void> => {
            expect(await ledger.committed(run)).toBeLessThanOrEqual(capNano);
            expect(Number((await days.get("day/2026-11-22")) ?? 0)).toBeLessThanOrEqual(dayCapNano);
          };
          const all = Promise.all(
            calls.map(async ({ run: n, tokens, used, fails }, i) => {
              const run = `run_${n}`;
              const answer = await ledger.reserve(estimate(`r${i}`, tokens, { run, capNano }));
              await holds(run);
              if (answer.decision !== "allow" || fails) return ledger.release(`r${i}`);
              const { nano } = await ledger.settle(`r${i}`, answered(Math.max(1, Math.floor(tokens * used))));
              spent.set(run, (spent.get(run) ?? 0) + nano);
              await holds(run);
            }),
          );
          await scheduler.waitFor(all);
          let sum = 0;
          for (const [run, nano] of spent) {
            expect(await ledger.committed(run)).toBe(nano);
            expect((await ledger.totals(run)).nano).toBe(nano);
            sum += nano;
          }
          expect((await ledger.day()).spentNano).toBe(sum);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("lets none of 10,000 racing calls pass the cap, and uses it to the last call that fits", async () => {
    const ledger = ledgerOver(store());
    const answers = await Promise.all(Array.from({ length: 10_000 }, (_, i) => ledger.reserve(estimate(`r${i}`, 3, { capNano: 1_000_000 }))));
    expect(answers.filter(({ decision }) => decision === "allow")).toHaveLength(333);
    expect(await ledger.committed("run_1")).toBe(999_000);
  });

  it("keeps 200 runs at once under their own caps and the day's", async () => {
    const ledger = ledgerOver(store(), { dayCapNano: 150 * 100_000 });
    const runs = Array.from({ length: 200 }, (_, i) => `run_${i}`);
    await Promise.all(
      runs.map(async (run) => {
        for (let i = 0; i < 10; i += 1) {
          const answer = await ledger.reserve(estimate(`${run}/${i}`, 30, { run, capNano: 100_000 }));
          if (answer.decision === "allow") await ledger.settle(`${run}/${i}`, answered(i % 2 === 0 ? 30 : 10));
        }
      }),
    );
    const spent = await Promise.all(runs.map(async (run) => (await ledger.totals(run)).nano));
    expect(Math.max(...spent)).toBeLessThanOrEqual(100_000);
    expect(spent.reduce((sum, nano) => sum + nano, 0)).toBeLessThanOrEqual(150 * 100_000);
    expect((await ledger.day()).spentNano).toBe(spent.reduce((sum, nano) => sum + nano, 0));
  });
});

describe("what a plugin may spend on questions of its own", () => {
  const asker = { run: "run_1", task: "t", step: "-", agent: "acme.judge", plugin: "acme.judge", actor: "me", workspace: "w" };
  const question = (reservation: string, tokens: number, over: Partial<CallEstimate> = {}) =>
    estimate(reservation, tokens, { origin: asker, capNano: 1e9, ...over } as never);

  it("is nothing unless somebody said so, and free models cost nothing", async () => {
    const ledger = ledgerOver(store());
    expect(await ledger.reserve(question("a", 1))).toMatchObject({ decision: "deny", reason: expect.stringContaining("acme.judge may spend $0 a run") });
    expect(code(await ledger.reserve(question("b", 1, { paid: false })))).toBe("allow");
    expect(code(await ledger.reserve(estimate("c", 1)))).toBe("allow");
  });

  it("holds in each run and over the day, also when 100 ask at once", async () => {
    const kept = store();
    const ledger = ledgerOver(kept, { allowed: { "acme.judge": { runNano: 10_000, dayNano: 25_000 } } });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => ledger.reserve(question(`q${i}`, 1, { origin: { ...asker, run: `run_${i % 5}` } }))),
    );
    expect(answers.filter(({ decision }) => decision === "allow")).toHaveLength(25);
    expect(await ledger.allowance("acme.judge")).toEqual({ runNano: 10_000, dayNano: 25_000, spentNano: 25_000 });
    expect((await ledger.day()).spentNano).toBe(25_000);
    for (let run = 0; run < 5; run += 1) expect(await ledger.committed(`run_${run}`)).toBeLessThanOrEqual(10_000);
  });

  it("is given back where a call cost less or was not made, and lies within the run's own cap", async () => {
    const ledger = ledgerOver(store(), { allowed: { "acme.judge": { runNano: 10_000, dayNano: 10_000 } } });
    await ledger.reserve(question("a", 10));
    expect(code(await ledger.reserve(question("b", 1)))).toBe("BUDGET_EXCEEDED");
    await ledger.settle("a", answered(4));
    await ledger.reserve(question("c", 6));
    await ledger.release("c");
    expect((await ledger.allowance("acme.judge")).spentNano).toBe(4_000);
    expect(await ledger.reserve(question("d", 6, { spending: { allowed: true, capNano: 9_000, why: "a test" } }))).toMatchObject({
      reason: expect.stringContaining("of the run's"),
    });
    expect((await ledger.totals("run_1")).byPlugin).toEqual({ "acme.judge": 4_000 });
  });

  it("reads a run's journal once for all who look at the same time, and keeps nothing of it", async () => {
    let reads = 0;
    const read = async () => {
      reads += 1;
      return [];
    };
    const ledger = ledgerOver(store(), { journal: () => ({ read }) as never });
    await Promise.all(Array.from({ length: 100 }, () => ledger.committed("run_1")));
    expect(reads).toBe(1);
    await ledger.committed("run_1");
    expect(reads).toBe(2);
    expect(ledger.held).toEqual({ runs: 0, reservations: 0 });
  });

  it("counts what the journal says an interrupted run's questions may have cost", async () => {
    const entries = [{ type: "budget.reserved", data: { reservation: "lost", origin: asker, model: "lab/flat", nano: 9_000 } }];
    const journal = () => ({ read: async () => entries }) as never;
    const ledger = ledgerOver(store(), { allowed: { "acme.judge": { runNano: 10_000, dayNano: 1e9 } }, journal });
    expect(code(await ledger.reserve(question("a", 2)))).toBe("BUDGET_EXCEEDED");
    expect(code(await ledger.reserve(question("b", 1)))).toBe("allow");
  });
});

describe("orrery.cost", () => {
  let host: TestHost;
  afterEach(() => host.close());

  it("guards budget.reserve, settles through the Ledger service, and reads an ended run's cost off the journal", async () => {
    host = await createTestHost({ plugins: [[cost, { config: { prices: own } }]] });
    expect(host.report("orrery.cost")?.state).toBe("active");
    const ledger = host.kernel.service(Ledger);
    const outcome = await host.call("budget.reserve", estimate("a", 100));
    expect(outcome.decision).toBe("allow");
    expect(outcome.reasons).toMatchObject([{ plugin: "orrery.cost", decision: "allow" }]);
    expect(await ledger?.settle("a", answered(100))).toMatchObject({ nano: 100_000 });
    expect((await host.call("budget.reserve", estimate("b", 5_000))).decision).toBe("deny");
    expect((await ledger?.day())?.capNano).toBe(usdToNano(5));
  });

  it("opens a resumed run's account with what its journal says is spent or may be", async () => {
    host = await createTestHost({ plugins: [] });
    const { origin } = estimate("x", 1);
    const entries = [
      { type: "budget.reserved", data: { reservation: "a", origin, model: "lab/flat", nano: 400_000 } },
      {
        type: "budget.settled",
        data: { reservation: "a", origin, model: "lab/flat", nano: 300_000, usage: { inputTokens: 300, outputTokens: 0 }, source: "s" },
      },
      { type: "budget.reserved", data: { reservation: "b", origin, model: "lab/flat", nano: 200_000 } },
      { type: "budget.reserved", data: { reservation: "c", origin, model: "lab/flat", nano: 50_000 } },
      { type: "budget.released", data: { reservation: "c", origin } },
    ];
    const journal = { read: async () => entries } as never;
    const ledger = ledgerOver(store(), { journal: () => journal, dayCapNano: 1e9 });
    expect(await ledger.committed("run_1")).toBe(500_000);
    expect(code(await ledger.reserve(estimate("d", 501)))).toBe("BUDGET_EXCEEDED");
    expect(code(await ledger.reserve(estimate("b", 100)))).toBe("allow");
    await ledger.settle("b", answered(100));
    expect((await ledger.totals("run_1")).nano).toBe(400_000);
    await ledger.end("run_1");
    expect(await ledger.totals("run_1")).toEqual(costOf(entries));
  });
});
