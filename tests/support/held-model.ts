import { LLMock } from "@copilotkit/aimock";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const content = "The Aurora will enter scheduled service on 2 June, in time for the summer timetable. [decision-record.md#6]";

/** A model host that keeps silent until it is told to answer: a run on it is under way for as long as a test needs it to be. */
export interface HeldModel {
  /** Allows and connects it under Extend; the page is left there. */
  connect(page: Page, url: string): Promise<void>;
  /** Resolves once it was asked something that it does not answer yet. */
  asked(): Promise<void>;
  /** From now on it answers everything at once. */
  answer(): void;
  stop(): Promise<void>;
}

/** The first `answered` questions it does not keep back. */
export async function heldModel({ answered = 0 } = {}): Promise<HeldModel> {
  const emulator = new LLMock({ port: 0 });
  let [questions, held] = [0, 0];
  let answer = (): void => undefined;
  const told = new Promise<void>((resolve) => {
    answer = resolve;
  });
  emulator.onMessage(/[\s\S]*/, async () => {
    questions += 1;
    if (questions > answered) {
      held += 1;
      await told;
    }
    return { content, usage: { prompt_tokens: 900, completion_tokens: 30 } };
  });
  await emulator.start();
  return {
    async connect(page, url) {
      await page.goto(`${url}#/extend/models`);
      await page.getByLabel("Provider").selectOption("openai-compatible");
      await page.getByLabel(/^Address/).fill(`${emulator.url}/v1`);
      await page.getByRole("button", { name: "Allow and connect" }).click();
      await page.getByText(/of its models can be used now/).waitFor();
    },
    asked: () => expect.poll(() => held).toBeGreaterThan(0),
    answer: () => answer(),
    async stop() {
      answer();
      await emulator.stop();
    },
  };
}
