import {
  addCost,
  type CallEstimate,
  type CostTotals,
  costOf,
  type GuardAnswer,
  type Journal,
  type KeyValue,
  type Ledger,
  type Log,
  type ModelResponse,
  type NanoUsd,
  noCost,
  typed,
} from "@orrery/sdk";
import type { Allowances } from "./allowances.ts";
import { dollars } from "./dollars.ts";
import type { PriceBook } from "./price-book.ts";

interface Reservation {
  estimate: CallEstimate;
  nano: NanoUsd;
  /** The day it is counted on; undefined for a free call. */
  day: string | undefined;
  settling: Promise<{ nano: NanoUsd; source: string }> | undefined;
}
interface RunAccount {
  /** Settled, reserved, and reserved for calls of unknown end (broken off, or of a process that is gone): never above the cap unless a provider charged more than its call could cost. */
  committed: NanoUsd;
  /** The part of it that plugins' own questions are, by plugin. */
  own: Map<string, NanoUsd>;
  /** What its settled calls came to. */
  cost: CostTotals;
  open: Set<string>;
  closed: string[];
  /** Why nothing more is paid for in this run. */
  stopped: string | undefined;
  ended: boolean;
}
export interface LedgerParts {
  book: PriceBook;
  store: KeyValue;
  log: Log;
  /** Read when a run's account is opened: a resumed run keeps what it has spent. */
  journal(): Journal | undefined;
  now(): number;
  /** For a step of a run, as it was set when the run began; else as it is set now. */
  dayCapNano(run?: string): NanoUsd;
  allowances: Allowances;
}

const deny = (code: string, text: string): GuardAnswer => ({ decision: "deny", reason: `${code}: ${text}` });

/**
 * Reserve before the call, settle or release after it; money is integer nano-dollars.
 * A run's sum is checked and raised in one synchronous step, a day's by the store's atomic increment, so racing calls cannot pass a cap.
 */
export class BudgetLedger implements Ledger {
  readonly #parts: LedgerParts;
  readonly #runs = new Map<string, RunAccount | Promise<RunAccount>>();
  readonly #looking = new Map<string, Promise<RunAccount>>();
  readonly #reservations = new Map<string, Reservation>();
  /** What settled calls came to, for a second settle; forgotten with the run. */
  readonly #done = new Map<string, { nano: NanoUsd; source: string } | undefined>();

  constructor(parts: LedgerParts) {
    this.#parts = parts;
  }

  /** Answers `budget.reserve`; for a free call of a run it knows at once. */
  reserve(estimate: CallEstimate): GuardAnswer | Promise<GuardAnswer> {
    if (estimate.paid) return this.#reservePaid(estimate);
    const account = this.#account(estimate.origin.run);
    return account instanceof Promise ? account.then((loaded) => this.#reserveFree(estimate, loaded)) : this.#reserveFree(estimate, account);
  }

  #reserveFree(estimate: CallEstimate, account: RunAccount): GuardAnswer {
    const taken = this.#taken(estimate.reservation);
    if (taken) return taken;
    this.#hold(estimate, account, 0, undefined);
    return { decision: "allow", reason: "costs nothing" };
  }

  #taken(reservation: string): GuardAnswer | undefined {
    if (!this.#reservations.has(reservation) && !this.#done.has(reservation)) return undefined;
    return deny("RESERVATION_REUSED", `the reservation "${reservation}" is taken; every call needs its own.`);
  }

  #hold(estimate: CallEstimate, account: RunAccount, nano: NanoUsd, day: string | undefined): void {
    this.#reservations.set(estimate.reservation, { estimate, nano, day, settling: undefined });
    account.open.add(estimate.reservation);
  }

  async #reservePaid(estimate: CallEstimate): Promise<GuardAnswer> {
    const { reservation, model, spending, origin } = estimate;
    if (!spending.allowed)
      return deny(
        "SPENDING_NOT_AGREED",
        `${model} costs money and nobody agreed to spend any (${spending.why}). Agree with --budget USD or --model ${model}, or leave both out to use free models.`,
      );
    const bound = await this.#parts.book.bound(model, estimate.inputTokens, estimate.outputTokens);
    if (bound === undefined)
      return deny(
        "PRICE_UNKNOWN",
        `nobody knows what ${model} costs, so a budget cannot hold it. State its price (docs/models.md shows how), or choose a model that \`orrery models\` shows with one.`,
      );
    const account = await this.#account(origin.run);
    // From here to the reservation nothing is awaited: check and raise are one step.
    const taken = this.#taken(reservation);
    if (taken) return taken;
    if (account.stopped) return deny("BUDGET_EXCEEDED", account.stopped);
    const left = spending.capNano - account.committed;
    if (bound > left)
      return deny(
        "BUDGET_EXCEEDED",
        `the call to ${model} may cost ${dollars(bound)} and ${dollars(Math.max(0, left))} of the run's ${dollars(spending.capNano)} is left. Raise it with --budget USD, or choose a cheaper model.`,
      );
    const asker = this.#parts.allowances.asker(origin);
    const short = asker === undefined ? undefined : this.#shortOf(asker, account, bound, model);
    if (short) return short;
    const day = dayOf(this.#parts.now());
    this.#hold(estimate, account, bound, day);
    commit(account, asker, bound);

    const dayCapNano = this.#parts.dayCapNano(asker === undefined ? origin.run : undefined);
    const counted = await this.#parts.store.increment(day, bound, dayCapNano).catch((error: unknown) => ({ error }));
    if ("error" in counted || !counted.ok) {
      commit(account, asker, -bound);
      this.#close(reservation, account);
      if ("error" in counted)
        return deny(
          "BUDGET_UNAVAILABLE",
          `the day's spending could not be counted (${counted.error instanceof Error ? counted.error.message : String(counted.error)}), so nothing is spent.`,
        );
      return deny(
        "BUDGET_EXCEEDED",
        `the call to ${model} may cost ${dollars(bound)}, and ${dollars(counted.value)} of today's ${dollars(dayCapNano)} is spent or reserved. Raise the day's cap (spending.dayCapUsd in the settings), or go on tomorrow (UTC).`,
      );
    }
    if (asker !== undefined) {
      const allowed = await this.#parts.allowances.count(asker, day, bound).catch(() => undefined);
      if (!allowed?.ok) {
        commit(account, asker, -bound);
        this.#close(reservation, account);
        await this.#correctDay(day, -bound);
        return allowed
          ? overAllowance(asker, bound, model, this.#parts.allowances.of(asker).dayNano, allowed.value, "a day")
          : deny("BUDGET_UNAVAILABLE", `what ${asker} spends a day could not be counted, so nothing is spent.`);
      }
    }
    return {
      decision: "allow",
      reason: `${dollars(bound)} reserved for ${model}; ${dollars(spending.capNano - account.committed)} of the run's ${dollars(spending.capNano)} is left`,
    };
  }

  #shortOf(asker: string, account: RunAccount, bound: NanoUsd, model: string): GuardAnswer | undefined {
    const { runNano } = this.#parts.allowances.of(asker);
    const used = account.own.get(asker) ?? 0;
    return used + bound > runNano ? overAllowance(asker, bound, model, runNano, used, "a run") : undefined;
  }

  async settle(reservation: string, response: ModelResponse): Promise<{ nano: NanoUsd; source: string }> {
    const held = this.#reservations.get(reservation);
    if (!held) return this.#done.get(reservation) ?? { nano: 0, source: "nothing was reserved under this id" };
    return (held.settling ??= this.#settle(reservation, held, response));
  }

  async #settle(reservation: string, held: Reservation, response: ModelResponse): Promise<{ nano: NanoUsd; source: string }> {
    const { estimate } = held;
    const { model, origin } = estimate;
    let booked = { nano: 0, source: "costs nothing" };
    if (held.day !== undefined) {
      const unsaid = { nano: held.nano, source: "the provider reported no usable usage: booked at the upper bound that was reserved" };
      booked = (await this.#parts.book.billed(model, response).catch(() => undefined)) ?? unsaid;
    }
    const opened = this.#account(origin.run);
    const account = opened instanceof Promise ? await opened : opened;
    commit(account, this.#askerOf(held), booked.nano - held.nano);
    if (booked.nano > held.nano) {
      account.stopped = `${model} charged ${dollars(booked.nano)} for a call that could cost ${dollars(held.nano)} at most; nothing more is paid for in this run.`;
      booked.source += "; more than was reserved";
      this.#parts.log.warn("a call cost more than its upper bound", {
        run: origin.run,
        step: origin.step,
        model,
        reservedNano: held.nano,
        bookedNano: booked.nano,
      });
    }
    addCost(account.cost, { reservation, origin, model: response.model, nano: booked.nano, usage: response.usage, source: booked.source });
    this.#close(reservation, account, booked);
    if (held.day !== undefined) await this.#correctDay(held.day, booked.nano - held.nano, this.#askerOf(held));
    this.#forget(origin.run, account);
    return booked;
  }

  async release(reservation: string, { maybeBilled = false }: { maybeBilled?: boolean } = {}): Promise<void> {
    const held = this.#reservations.get(reservation);
    // A settlement under way has the last word.
    if (!held || held.settling) return;
    const { run } = held.estimate.origin;
    this.#reservations.delete(reservation);
    const account = await this.#account(run);
    if (!maybeBilled) commit(account, this.#askerOf(held), -held.nano);
    this.#close(reservation, account);
    if (!maybeBilled) await this.#correctDay(held.day, -held.nano, this.#askerOf(held));
    this.#forget(run, account);
  }

  async totals(run: string): Promise<CostTotals> {
    const account = await this.#runs.get(run);
    return account ? copyOf(account.cost) : costOf((await this.#parts.journal()?.read(run)) ?? []);
  }

  async reserved(reservation: string): Promise<NanoUsd | undefined> {
    const held = this.#reservations.get(reservation);
    return held?.day === undefined ? undefined : held.nano;
  }

  async committed(run: string): Promise<NanoUsd> {
    return (await (this.#runs.get(run) ?? this.#looked(run))).committed;
  }

  price(model: string, inputTokens: number, outputTokens: number): Promise<NanoUsd | undefined> {
    return this.#parts.book.price(model, inputTokens, outputTokens);
  }

  async allowance(plugin: string): Promise<{ runNano: NanoUsd; dayNano: NanoUsd; spentNano: NanoUsd }> {
    const { allowances, now } = this.#parts;
    return { ...allowances.of(plugin), spentNano: await allowances.spent(plugin, dayOf(now())) };
  }

  async day(): Promise<{ spentNano: NanoUsd; capNano: NanoUsd }> {
    return { spentNano: Number((await this.#parts.store.get(dayOf(this.#parts.now()))) ?? 0), capNano: this.#parts.dayCapNano() };
  }

  /** A run has ended: its account goes as soon as no call of it is open. The journal keeps what it cost. */
  async end(run: string): Promise<void> {
    const account = await this.#runs.get(run);
    if (!account) return;
    account.ended = true;
    this.#forget(run, account);
  }

  /** Accounts and reservations held in memory. */
  get held(): { runs: number; reservations: number } {
    return { runs: this.#runs.size, reservations: this.#reservations.size + this.#done.size };
  }

  #account(run: string): RunAccount | Promise<RunAccount> {
    const known = this.#runs.get(run);
    if (known) return known;
    const loading = this.#load(run);
    this.#runs.set(run, loading);
    // A journal that cannot be read denies this call and is asked again at the next.
    loading.then(
      (account) => this.#runs.set(run, account),
      () => this.#runs.delete(run),
    );
    return loading;
  }

  /** For whoever only looks: steps that begin together read the journal once, and what they read is not kept. */
  #looked(run: string): Promise<RunAccount> {
    const known = this.#looking.get(run);
    if (known) return known;
    const loading = this.#load(run).finally(() => this.#looking.delete(run));
    this.#looking.set(run, loading);
    return loading;
  }

  /** What the journal says is spent, and what it says was reserved without an end: that money may be gone, so it stays committed. */
  async #load(run: string): Promise<RunAccount> {
    const account: RunAccount = { committed: 0, own: new Map(), cost: noCost(), open: new Set(), closed: [], stopped: undefined, ended: false };
    const lost = new Map<string, { nano: NanoUsd; asker: string | undefined }>();
    const { allowances } = this.#parts;
    for (const entry of (await this.#parts.journal()?.read(run)) ?? []) {
      const event = typed(entry);
      if (event?.type === "budget.reserved") lost.set(event.data.reservation, { nano: event.data.nano, asker: allowances.asker(event.data.origin) });
      else if (event?.type === "budget.released") lost.delete(event.data.reservation);
      else if (event?.type === "budget.settled") {
        lost.delete(event.data.reservation);
        addCost(account.cost, event.data);
        commit(account, allowances.asker(event.data.origin), event.data.nano);
      }
    }
    for (const { nano, asker } of lost.values()) commit(account, asker, nano);
    return account;
  }

  #askerOf({ day, estimate }: Reservation): string | undefined {
    return day === undefined ? undefined : this.#parts.allowances.asker(estimate.origin);
  }

  #close(reservation: string, account: RunAccount, booked?: { nano: NanoUsd; source: string }): void {
    this.#reservations.delete(reservation);
    account.open.delete(reservation);
    account.closed.push(reservation);
    this.#done.set(reservation, booked);
  }

  #forget(run: string, account: RunAccount): void {
    if (!account.ended || account.open.size > 0) return;
    this.#runs.delete(run);
    for (const reservation of account.closed) this.#done.delete(reservation);
  }

  /** A correction that fails leaves the day's sums at the upper bound: too high, never too low, unless the call cost more than its bound. */
  async #correctDay(day: string | undefined, by: number, asker?: string): Promise<void> {
    if (day === undefined || by === 0) return;
    const failed = (error: unknown): void =>
      this.#parts.log.warn("the day's spending could not be corrected", { day, byNano: by, error: error instanceof Error ? error.message : String(error) });
    await this.#parts.store.increment(day, by).catch(failed);
    if (asker !== undefined) await this.#parts.allowances.correct(asker, day, by).catch(failed);
  }
}

const copyOf = ({ callsByAgent, byAgent, byPlugin, byStep, byModel, ...sums }: CostTotals): CostTotals => ({
  ...sums,
  callsByAgent: { ...callsByAgent },
  byAgent: { ...byAgent },
  byPlugin: { ...byPlugin },
  byStep: { ...byStep },
  byModel: { ...byModel },
});

/** Money of a run, and of the plugin that asks for itself in it. */
function commit(account: RunAccount, asker: string | undefined, nano: NanoUsd): void {
  account.committed += nano;
  if (asker !== undefined) account.own.set(asker, (account.own.get(asker) ?? 0) + nano);
}

const overAllowance = (asker: string, bound: NanoUsd, model: string, cap: NanoUsd, used: NanoUsd, time: "a run" | "a day"): GuardAnswer =>
  deny(
    "BUDGET_EXCEEDED",
    `the plugin ${asker} may spend ${dollars(cap)} ${time} on questions of its own${used > 0 ? `, has ${dollars(used)} of it spent or reserved` : ""}, and this call to ${model} may cost ${dollars(bound)}. Grant it more where it was installed (--budget), or allow it more with the setting spending.plugins, or let it ask a free model.`,
  );

/** The UTC day money is counted on, as a key of the store. */
const dayOf = (now: number): string => `day/${new Date(now).toISOString().slice(0, 10)}`;
