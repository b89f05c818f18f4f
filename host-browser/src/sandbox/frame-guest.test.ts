import { describe, expect, it } from "vitest";
import { sandboxLimits } from "@orrery/sdk/sandbox";
import { FrameGuest, type ToFrame } from "./frame-guest.ts";

function started() {
  const posted: ToFrame[] = [];
  const timers: (() => void)[] = [];
  const ended: true[] = [];
  const guest = new FrameGuest(
    {
      post: (message) => void posted.push(message),
      end: () => void ended.push(true),
      timer: (_ms, fire) => {
        timers.push(fire);
        return () => undefined;
      },
    },
    sandboxLimits,
  );
  const heard: string[] = [];
  const listener = { message: (text: string) => heard.push(text), fault: (code: string) => heard.push(code), exit: () => heard.push("exit") };
  return { guest, posted, timers, ended, heard, listener };
}

describe("the host's half of a guest's worker", () => {
  it("is warm once the worker says so, and hands it what it is given", async () => {
    const { guest, posted, heard, listener } = started();
    const warm = guest.warm(sandboxLimits);
    guest.receive({ is: "warm" });
    await warm;
    guest.load("code", listener);
    guest.send("text");
    guest.receive("said");
    expect(posted).toEqual([{ do: "warm", limits: sandboxLimits, seed: undefined }, { do: "load", code: "code" }, "text"]);
    expect(heard).toEqual(["said"]);
  });

  it.each([
    ["says what is wrong", ({ guest }) => guest.receive({ is: "fault", code: "SANDBOX_CRASHED", message: "x" })],
    ["never answers", ({ timers }) => timers[0]?.()],
    ["is gone", ({ guest }) => guest.gone()],
  ] satisfies [string, (made: ReturnType<typeof started>) => void][])("ends a worker that %s instead of becoming warm", async (_, happens) => {
    const made = started();
    const warm = made.guest.warm(sandboxLimits);
    happens(made);
    await expect(warm).rejects.toMatchObject({ code: "SANDBOX_CRASHED" });
    made.guest.load("code", made.listener);
    expect(made.heard).toEqual(["exit"]);
  });

  it("lets fall what is none of a worker's words, whatever it looks like", () => {
    const { guest, heard, listener } = started();
    guest.load("code", listener);
    const rubbish = [null, undefined, 7n, true, [], {}, { is: "fault" }, { is: "fault", code: "RUN_CANCELLED", message: "x" }, { is: "fault", code: {} }];
    for (const sent of [...rubbish, { is: "pong" }, { is: "pong", id: "1" }, { is: "warm" }, { is: "constructor" }, new Uint8Array(8), new Map()])
      guest.receive(sent);
    guest.receive({ is: "fault", code: "SANDBOX_FLOOD", message: { toString: () => "no text" } });
    expect(heard).toEqual(["SANDBOX_FLOOD"]);
  });

  it("is alive for a worker that answers, and not for one that is silent, or was ended", async () => {
    const { guest, timers, ended, heard, listener } = started();
    guest.load("code", listener);
    const answered = guest.isAlive(10);
    guest.receive({ is: "pong", id: 1 });
    const silent = guest.isAlive(10);
    timers[1]?.();
    const cut = guest.isAlive(10);
    guest.terminate();
    guest.terminate();
    guest.receive("too late");
    expect(await Promise.all([answered, silent, cut])).toEqual([true, false, false]);
    expect([ended.length, heard]).toEqual([1, []]);
  });

  it("ends a worker that sends more than any machine lets out, whatever it sends, and takes nothing more of it", () => {
    for (const sent of ["text", { is: "pong", id: 1 }, 7]) {
      const { guest, ended, heard, listener } = started();
      guest.load("code", listener);
      for (let i = 0; i < 100_000; i += 1) guest.receive(sent);
      expect(heard.at(-1)).toBe("SANDBOX_FLOOD");
      expect(heard.length).toBeLessThanOrEqual(40_000);
      expect(ended.length).toBe(1);
    }
  });
});
