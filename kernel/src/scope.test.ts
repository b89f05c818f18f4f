import { describe, expect, it } from "vitest";
import { createDeadlines, type Deadlines } from "./deadlines.ts";
import { createScope, type Scope } from "./scope.ts";
import { never, refusal } from "./testing/fixtures.ts";
import { testPlatform, turns } from "./testing/platform.ts";

function open(): { scope: Scope; platform: ReturnType<typeof testPlatform>; deadlines: Deadlines } {
  const platform = testPlatform();
  const deadlines = createDeadlines(platform);
  return { platform, deadlines, scope: createScope("acme.owner", deadlines, { drainMs: 100, maxEffects: 5 }) };
}

describe("a scope", () => {
  it("undoes the last effect first and awaits each", async () => {
    const { scope } = open();
    const log: string[] = [];
    for (const name of ["a", "b", "c"])
      scope.own(name, async () => {
        log.push(`${name} begins`);
        await turns(3);
        log.push(`${name} ends`);
      });
    expect(scope.labels()).toEqual(["a", "b", "c"]);
    expect(await scope.close()).toEqual([]);
    expect(log).toEqual(["c begins", "c ends", "b begins", "b ends", "a begins", "a ends"]);
    expect(scope.labels()).toEqual([]);
  });

  it("collects every error and goes on", async () => {
    const { scope } = open();
    let undone = 0;
    scope.own("first", () => void undone++);
    scope.own("throws", () => {
      throw new Error("no");
    });
    scope.own("rejects", async () => {
      throw new Error("never");
    });
    const errors = await scope.close();
    expect(errors.map((error) => `${error.code} ${error.plugin}`)).toEqual(["DISPOSE_FAILED acme.owner", "DISPOSE_FAILED acme.owner"]);
    expect(undone).toBe(1);
  });

  it("closes once, whoever asks and however often", async () => {
    const { scope } = open();
    let undone = 0;
    scope.own("one", () => void undone++);
    const [a, b] = await Promise.all([scope.close(), scope.close()]);
    expect(a).toBe(b);
    await scope.close();
    expect(undone).toBe(1);
  });

  it("may be closed by its own disposers", async () => {
    const { scope } = open();
    const log: string[] = [];
    scope.own("outer", () => void log.push("outer"));
    scope.own("closer", async () => {
      await scope.close();
      log.push("closer");
    });
    expect(await scope.close()).toEqual([]);
    expect(log).toEqual(["closer", "outer"]);
  });

  it("undoes an effect once, also when its undo is called from within itself", async () => {
    const { scope } = open();
    let undone = 0;
    const undo: () => void = scope.own("self", () => {
      undone++;
      undo();
    });
    undo();
    undo();
    await scope.close();
    expect(undone).toBe(1);
  });

  it("does not wait for ever for a disposer", async () => {
    const { scope, platform } = open();
    let undone = 0;
    scope.own("first", () => void undone++);
    scope.own("hangs", never);
    const closed = scope.close();
    await platform.advance(100);
    expect((await closed).map((error) => error.code)).toEqual(["DISPOSE_DEADLINE"]);
    expect(undone).toBe(1);
  });

  it("undoes at once what comes too late or is too much, and says so", async () => {
    const { scope } = open();
    let undone = 0;
    for (let n = 0; n < 5; n++) scope.own("x", () => undefined);
    expect(await refusal(() => scope.own("sixth", () => void undone++))).toBe("SCOPE_FULL acme.owner");
    await scope.close();
    expect(await refusal(() => scope.own("late", () => void undone++))).toBe("SCOPE_CLOSED acme.owner");
    expect(undone).toBe(2);
  });

  it("aborts its signal before the first undo", async () => {
    const { scope } = open();
    let aborted = false;
    scope.own("x", () => {
      aborted = scope.signal.aborted;
    });
    await scope.close();
    expect(aborted).toBe(true);
  });
});

describe("deadlines", () => {
  it("share one timer and fire in time order", async () => {
    const { deadlines, platform } = open();
    const fired: number[] = [];
    const cancels = [30, 10, 20, 10].map((ms, at) => deadlines.set(ms, () => fired.push(at)));
    expect(platform.timers).toBe(1);
    cancels[2]?.();
    await platform.advance(10);
    expect(fired).toEqual([1, 3]);
    await platform.advance(30);
    expect(fired).toEqual([1, 3, 0]);
    expect(deadlines.waiting()).toBe(0);
    expect(platform.timers).toBe(0);
  });

  it("keep nothing of a million that were cancelled", () => {
    const { deadlines, platform } = open();
    for (let n = 0; n < 1_000_000; n++) deadlines.set(1000, () => undefined)();
    expect(deadlines.waiting()).toBe(0);
    expect(platform.timers).toBe(1);
    deadlines.close();
    expect(platform.timers).toBe(0);
  });
});
