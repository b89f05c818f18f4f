// Stands in for "vitest" where its own runner cannot start: a page whose policy forbids making code.
// It knows what the kernel's suite uses and nothing more; an unknown matcher is a TypeError, never a pass.

export interface Outcome {
  readonly name: string;
  readonly error?: string;
}

type Work = () => unknown;

const tests: { name: string; work: Work }[] = [];
const path: string[] = [];

export function describe(name: string, body: () => void): void {
  path.push(name);
  body();
  path.pop();
}

export function it(name: string, work: Work, _timeout?: number): void {
  tests.push({ name: [...path, name].join(" > "), work });
}

it.each =
  (rows: readonly unknown[]) =>
  (name: string, work: (...row: unknown[]) => unknown): void => {
    for (const row of rows) {
      const values = Array.isArray(row) ? row : [row];
      let at = 0;
      it(
        name.replace(/%s/g, () => String(values[at++])),
        () => work(...values),
      );
    }
  };

/** Runs everything collected, one after another; a rejection nobody handled fails the test it happened in. */
export async function runTests(): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let unhandled: unknown;
  globalThis.addEventListener("unhandledrejection", (event) => {
    unhandled = `unhandled rejection: ${String(event.reason)}`;
  });
  for (const { name, work } of tests) {
    unhandled = undefined;
    try {
      await work();
      await new Promise((resolve) => setTimeout(resolve));
      if (unhandled !== undefined) throw new Error(String(unhandled));
      outcomes.push({ name });
    } catch (thrown) {
      outcomes.push({ name, error: thrown instanceof Error ? `${thrown.message}\n${thrown.stack}` : String(thrown) });
    }
  }
  return outcomes;
}

/** Equality by content. `subset`: members the expected object does not name do not matter. Members that are undefined count as absent. */
function equal(actual: unknown, expected: unknown, subset: boolean): boolean {
  if (Object.is(actual, expected)) return true;
  if (typeof actual !== "object" || typeof expected !== "object" || actual === null || expected === null) return false;
  if (Array.isArray(actual) !== Array.isArray(expected)) return false;
  if (Array.isArray(actual) && Array.isArray(expected) && actual.length !== expected.length) return false;
  const [mine, theirs] = [actual, expected] as Record<string, unknown>[];
  const keys = new Set([...Object.keys(expected), ...(subset ? [] : Object.keys(actual))]);
  return Array.from(keys).every((key) => equal(mine?.[key], theirs?.[key], subset));
}

function show(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

type Matchers = Record<string, (expected?: unknown) => void>;

export function expect(actual: unknown, context = ""): Matchers & { not: Matchers } {
  const checks: Record<string, (expected: unknown) => boolean> = {
    toBe: (expected) => Object.is(actual, expected),
    toEqual: (expected) => equal(actual, expected, false),
    toMatchObject: (expected) => equal(actual, expected, true),
    toContain: (expected) => (typeof actual === "string" ? actual.includes(String(expected)) : (actual as unknown[]).includes(expected)),
    toMatch: (expected) => (expected as RegExp).test(String(actual)),
    toBeUndefined: () => actual === undefined,
    toBeNull: () => actual === null,
    toBeTypeOf: (expected) => typeof actual === expected,
    toBeGreaterThan: (expected) => (actual as number) > (expected as number),
    toBeLessThan: (expected) => (actual as number) < (expected as number),
    toThrow: (expected) => {
      try {
        (actual as Work)();
      } catch (thrown) {
        return (expected as RegExp).test(thrown instanceof Error ? thrown.message : String(thrown));
      }
      return false;
    },
  };
  const matchers = (wanted: boolean): Matchers =>
    Object.fromEntries(
      Object.entries(checks).map(([name, check]) => [
        name,
        (expected?: unknown) => {
          if (check(expected) !== wanted) throw new Error(`${context} expected ${show(actual)}${wanted ? "" : " not"} ${name} ${show(expected)}`);
        },
      ]),
    );
  return Object.assign(matchers(true), { not: matchers(false) }) as Matchers & { not: Matchers };
}

/** Claims on types are the compiler's to check; here they are only words. */
export function expectTypeOf(): { toEqualTypeOf(): void; returns: { toEqualTypeOf(): void } } {
  const toEqualTypeOf = (): void => undefined;
  return { toEqualTypeOf, returns: { toEqualTypeOf } };
}
