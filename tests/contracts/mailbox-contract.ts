import { type Json, type Mailbox, OrreryError } from "@orrery/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

export interface MailboxesUnderTest {
  /** Of one process or tab, and of another. */
  mine: Mailbox;
  theirs: Mailbox;
  close(): Promise<void>;
}
const patient = { waitMs: 60_000, gone: async () => false };
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no error",
    (error: { code?: string }) => error.code ?? String(error),
  );

/** What a mailbox must do between processes, and between tabs. */
export function mailboxContract(name: string, open: () => Promise<MailboxesUnderTest>): void {
  describe(`letters over ${name}`, () => {
    let under: MailboxesUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    it("reach whoever attends to the run, each once, and come back when they have done with it", async () => {
      const got: Json[] = [];
      under.theirs.attend("r", async (letter) => void got.push(letter));
      under.theirs.attend("other", async () => void got.push("other"));
      const letters = Array.from({ length: 20 }, (_, i) => ({ i, text: 'ü "\u2028' }));
      expect(await Promise.all(letters.map((letter) => under.mine.send("r", letter, patient)))).toEqual(letters.map(() => true));
      expect(got.map((letter) => (letter as { i: number }).i).sort((a, b) => a - b)).toEqual(letters.map(({ i }) => i));
      expect(got).toContainEqual(letters[7]);
    });

    it("bring back what went wrong, with its code and what to do", async () => {
      under.theirs.attend("r", () => Promise.reject(new OrreryError("GATE_UNKNOWN", "no such gate", { todo: "Look." })));
      await expect(under.mine.send("r", null, patient)).rejects.toMatchObject({ code: "GATE_UNKNOWN", message: "no such gate", todo: "Look." });
    });

    it("are withdrawn when nobody takes them in time, and not found by who comes later", async () => {
      expect(await codeOf(under.mine.send("r", 1, { waitMs: 200, gone: async () => false }))).toBe("RUN_UNANSWERED");
      const got: Json[] = [];
      const stop = under.theirs.attend("r", async (letter) => void got.push(letter));
      await under.mine.send("r", 2, patient);
      stop();
      expect(await codeOf(under.mine.send("r", 3, { waitMs: 200, gone: async () => false }))).toBe("RUN_UNANSWERED");
      expect(got).toEqual([2]);
    });

    it("are given back at once when nobody is left who could take them", async () => {
      expect(await under.mine.send("r", 1, { waitMs: 3_600_000, gone: async () => true })).toBe(false);
    });

    it("are waited for while they are being done with, longer than for being taken", async () => {
      let finish: (() => void) | undefined;
      const work = () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        });
      under.theirs.attend("r", work);
      const sent = under.mine.send("r", 1, { waitMs: 2_000, gone: async () => false });
      await expect.poll(() => finish).toBeDefined();
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      finish?.();
      expect(await sent).toBe(true);
      expect(await codeOf(under.mine.send("r", 2, { waitMs: 100, gone: async () => false }))).toBe("RUN_UNANSWERED");
    });
  });
}
