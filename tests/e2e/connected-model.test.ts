import { LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtPage } from "../support/built-page.ts";
import { kernelReady, runExample } from "../support/open-page.ts";

const answer = "The Aurora will enter scheduled service on 2 June, in time for the summer timetable. [decision-record.md#6]";
let emulator: LLMock;

beforeAll(async () => {
  emulator = new LLMock({ port: 0 });
  emulator.onMessage(/[\s\S]*/, { content: answer, usage: { prompt_tokens: 900, completion_tokens: 30 } });
  await emulator.start();
});
afterAll(() => emulator?.stop());
const opened = builtPage({ begin: ({ page }) => kernelReady(page) });

describe("a model host that the person allowed", () => {
  it("is reached by the egress worker alone, and the team runs on it", async () => {
    const { page } = opened;
    await page.goto(`${opened.server.url}#/extend/models`);
    await page.getByLabel("Provider").selectOption("openai-compatible");
    await page.getByLabel(/^Address/).fill(`${emulator.url}/v1`);
    await page.getByRole("button", { name: "Allow and connect" }).click();
    await page.getByText(/of its models can be used now/).waitFor();
    await page.goto(`${opened.server.url}#/`);
    await runExample(page);
    await expect.poll(() => page.getByRole("region", { name: /Report/ }).textContent()).toContain("2 June");
    const asked = (emulator.getRequests() as { path?: string; headers: Record<string, string> }[]).filter(({ path }) => path?.endsWith("/chat/completions"));
    expect(asked.length).toBeGreaterThan(0);
    // Most hosts give a page no permission for this header, and then it reaches nothing.
    expect(asked.filter(({ headers }) => "idempotency-key" in headers)).toEqual([]);
    expect(asked.every(({ headers }) => headers["content-type"] === "application/json")).toBe(true);
    const elsewhere = opened.requests.filter((url) => new URL(url).origin !== new URL(opened.server.url).origin);
    expect(new Set(elsewhere.map((url) => new URL(url).origin))).toEqual(new Set([new URL(emulator.url).origin]));
  });

  it("is the only one: the egress frame's own policy names it", async () => {
    const egress = async () => {
      const policies = await Promise.all(
        opened.page
          .frames()
          .map((frame) =>
            frame.evaluate(() =>
              [...document.querySelectorAll("meta[http-equiv=Content-Security-Policy]")].map((meta) => meta.getAttribute("content")).join("|"),
            ),
          ),
      );
      return policies.find((policy) => policy.includes(emulator.url));
    };
    // A frame may go while it is asked.
    await expect.poll(egress).toBe(`default-src 'none'; script-src 'self' blob:; worker-src 'self' blob:; connect-src ${new URL(emulator.url).origin}`);
  });

  it("is forgotten when the person says so, and nothing can leave any more", async () => {
    const { page } = opened;
    await page.goto(`${opened.server.url}#/`);
    await page.getByText("but calls to the model hosts you connected").waitFor();
    await page.goto(`${opened.server.url}#/extend/models`);
    await page.getByRole("button", { name: "Disconnect openai-compatible" }).click();
    await page.getByRole("button", { name: "Disconnect openai-compatible" }).waitFor({ state: "detached" });
    await expect.poll(() => page.frames()).toHaveLength(1);
    await page.goto(`${opened.server.url}#/`);
    await page.getByText("Nothing leaves your browser.", { exact: false }).waitFor();
  });
});
