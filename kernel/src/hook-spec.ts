/// <reference path="./globals.d.ts" />
import type { StandardSchemaV1 } from "@standard-schema/spec";

/** `series`, `waterfall`, `bail` and `parallel` are tapable's; `collect`, `guard` and `notify` are the kernel's over the same tap list. */
export type HookKind = "series" | "waterfall" | "bail" | "parallel" | "collect" | "guard" | "notify";

/** What a fault in one tap does to the call. `closed` (guards): the tap's answer counts as *deny*. */
export type FaultPolicy = "fail" | "skip" | "closed";

/** A guard's answer. The strongest wins: deny, then ask, then allow; nobody's allow undoes another's deny. */
export type GuardAnswer = { readonly decision: "allow"; readonly reason?: string } | { readonly decision: "ask" | "deny"; readonly reason: string };

/** What a guard hook came to, with every tap's answer that was not "no objection". */
export type GuardOutcome = Pick<GuardAnswer, "decision"> & { readonly reasons: readonly (Required<GuardAnswer> & { readonly plugin: string })[] };

/** One tap's share of a `collect` call: isolated, so one plugin's fault never hides another's answer. */
export type Collected<O> =
  | { readonly plugin: string; readonly ok: true; readonly value: O }
  | { readonly plugin: string; readonly ok: false; readonly error: { readonly code: string; readonly message: string } };

/**
 * A hook as data. The spec — not its caller, not the plugin — fixes kind, deadline and fault policy.
 *
 * - `deadlineMs`: budget of one tap in ms; `"caller"` takes the caller's deadline or signal alone (model and tool calls).
 * - `input` / `output`: Standard Schemas checked at the call and at each answer; an answer that fails is a fault of the plugin that gave it.
 * - `empty` (guards): the decision with no tap at all.
 */
export interface HookSpec<K extends HookKind = HookKind, I = unknown, O = unknown> {
  readonly kind: K;
  readonly fault: FaultPolicy;
  readonly deadlineMs: number | "caller";
  readonly input?: StandardSchemaV1<unknown, I>;
  readonly output?: StandardSchemaV1<unknown, O>;
  readonly empty?: "allow" | "deny";
  /** One sentence for `explain()` and the generated reference. */
  readonly doc: string;
}

export type Catalogue = { readonly [hook: string]: HookSpec<HookKind, never, unknown> | HookSpec };

export type InputOf<S> = S extends HookSpec<HookKind, infer I, infer _O> ? I : never;
export type OutputOf<S> = S extends HookSpec<HookKind, infer _I, infer O> ? O : never;
export type KindOf<S> = S extends HookSpec<infer K, infer _I, infer _O> ? K : never;

/** Handed to every tap beside its input. `signal` aborts at the tap's deadline, when the caller aborts, and when the plugin's scope closes. */
export type TapCall = { readonly hook: string; readonly signal: AbortSignal };

type Tap<I, A> = (input: I, call: TapCall) => A | Promise<A>;

/** By kind, how a tap answers (`undefined` means: nothing to say, go on) and what a caller gets. `notify` is synchronous and returns nothing. */
interface Kinds<I, O> {
  readonly series: { tap: Tap<I, void>; result: Promise<void> };
  readonly waterfall: { tap: Tap<I, I | undefined>; result: Promise<I> };
  readonly bail: { tap: Tap<I, O | undefined>; result: Promise<{ readonly plugin: string; readonly value: O } | undefined> };
  readonly parallel: { tap: Tap<I, void>; result: Promise<void> };
  readonly collect: { tap: Tap<I, O | undefined>; result: Promise<readonly Collected<O>[]> };
  readonly guard: { tap: Tap<I, GuardAnswer | undefined>; result: Promise<GuardOutcome> };
  readonly notify: { tap: (input: I, call: TapCall) => void; result: void };
}

/** The function a plugin taps a hook with. */
export type TapFn<S> = Kinds<InputOf<S>, OutputOf<S>>[KindOf<S>]["tap"];

/** What a hook's caller gets. */
export type CallResult<S> = Kinds<InputOf<S>, OutputOf<S>>[KindOf<S>]["result"];

export type Phase = "guard" | "main" | "observe";

/** Where a tap stands: phase first, then `before`/`after` by plugin id, then install order. An unknown id is recorded, not an error; a contradiction is. */
export type TapOrder = { readonly phase?: Phase; readonly before?: readonly string[]; readonly after?: readonly string[] };

/** `deadlineMs`: milliseconds for the whole call; each tap's own deadline still holds. */
export type CallOptions = { readonly signal?: AbortSignal; readonly deadlineMs?: number };
