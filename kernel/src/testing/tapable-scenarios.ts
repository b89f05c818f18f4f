import { AsyncParallelHook, AsyncSeriesBailHook, AsyncSeriesHook, AsyncSeriesWaterfallHook } from "tapable";
import { type CompileOptions, interpret, type TapableKind } from "../interpreter.ts";

/** One way a tap behaves: when it answers, and with what. */
const behaviours = ["silent", "value", "error", "late silent", "late value", "late error", "throws"] as const;
type Behaviour = (typeof behaviours)[number];

export interface Scenario {
  readonly name: string;
  readonly kind: TapableKind;
  readonly taps: readonly Behaviour[];
  readonly interceptors: number;
}

const kinds: readonly TapableKind[] = ["series", "waterfall", "bail", "parallel"];
const constructors = { series: AsyncSeriesHook, waterfall: AsyncSeriesWaterfallHook, bail: AsyncSeriesBailHook, parallel: AsyncParallelHook };

/** Every list of up to two taps, and every third list of three, of each kind, with no, one and two interceptors. */
export function scenarios(): Scenario[] {
  const lists: Behaviour[][] = [[], ...behaviours.map((a) => [a]), ...behaviours.flatMap((a) => behaviours.map((b) => [a, b]))];
  const triples = behaviours.flatMap((a) => behaviours.flatMap((b) => behaviours.map((c) => [a, b, c])));
  lists.push(...triples.filter((_, at) => at % 3 === 0));
  return kinds.flatMap((kind) =>
    lists.flatMap((taps) => [0, 1, 2].map((interceptors) => ({ name: `${kind} [${taps.join(", ")}] ×${interceptors}`, kind, taps, interceptors }))),
  );
}

interface AnyHook {
  compile: (options: CompileOptions) => unknown;
  intercept(interceptor: object): void;
  tapAsync(options: object, fn: (...args: unknown[]) => unknown): void;
  callAsync(...args: unknown[]): unknown;
}

/** Plays a scenario and writes down all that could be observed. `own`: by tapable's generated code, else by the interpreter. */
export async function play({ kind, taps, interceptors }: Scenario, own: boolean): Promise<string> {
  const seen: string[] = [];
  const late: (() => void)[] = [];
  const hook = new (constructors[kind] as unknown as new (args: string[]) => AnyHook)(["input", "call"]);
  if (!own) hook.compile = (options) => interpret(kind, options);
  for (let at = 0; at < interceptors; at++) {
    hook.intercept({
      call: (input: unknown, call: unknown) => seen.push(`${at}call(${String(input)},${String(call)})`),
      tap: (tap: { name: string }) => seen.push(`${at}tap(${tap.name})`),
      error: (error: unknown) => seen.push(`${at}error(${show(error)})`),
      result: (result: unknown) => seen.push(`${at}result(${String(result)})`),
      done: () => seen.push(`${at}done`),
    });
  }
  taps.forEach((behaviour, at) => {
    const options = { name: `t${at}`, stage: at };
    const run = (input: unknown, done: (error?: unknown, result?: unknown) => void): void => {
      seen.push(`t${at}(${String(input)})`);
      if (behaviour === "throws") throw new Error(`thrown${at}`);
      const answer = (): void => (behaviour.endsWith("error") ? done(new Error(`failed${at}`)) : behaviour.endsWith("value") ? done(null, `v${at}`) : done());
      if (behaviour.startsWith("late")) late.push(answer);
      else answer();
    };
    hook.tapAsync(options, (input, _call, done) => run(input, done as (error?: unknown) => void));
  });
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (thrown) {
      seen.push(`thrown out ${show(thrown)}`);
    }
  };
  attempt(() => hook.callAsync("in", "call", (...outcome: unknown[]) => seen.push(`back(${outcome.map(show).join(",")})`)));
  for (let answer = late.shift(); answer; answer = late.shift()) {
    seen.push("later");
    attempt(answer);
  }
  return seen.join(" ");
}

function show(value: unknown): string {
  return value instanceof Error ? value.message : String(value);
}

/** A short stable fingerprint (FNV-1a, 52 bits): the record keeps one of each scenario's transcript. */
export function fingerprint(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let at = 0; at < text.length; at++) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193) >>> 0;
    high = Math.imul(high ^ (text.charCodeAt(at) + at), 0x85ebca6b) >>> 0;
  }
  return low.toString(36) + high.toString(36);
}
