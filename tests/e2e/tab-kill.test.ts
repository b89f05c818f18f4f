import { createHash } from "node:crypto";
import { genesis, hashInput, type JournalEntry } from "@orrery/sdk";
import type { BrowserContext, Page } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { servedPage } from "../support/built-page.ts";
import { heldModel } from "../support/held-model.ts";
import { ended, openProfile, startExample } from "../support/open-page.ts";

/** How many tabs are closed in the middle of a run: a few in every test run, many in `npm run soak`. */
const kills = Number(process.env["ORRERY_TAB_KILLS"] ?? 3);

const served = servedPage();

/** The run's entries as the browser keeps them. */
const entriesOf = (page: Page, run: string): Promise<JournalEntry[]> =>
  page.evaluate(
    (id) =>
      new Promise<JournalEntry[]>((resolve, reject) => {
        const opening = indexedDB.open("orrery.journal");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const all = opening.result.transaction("entries").objectStore("entries").getAll();
          all.onsuccess = () => {
            opening.result.close();
            resolve((all.result as JournalEntry[]).filter((entry) => entry.run === id));
          };
        };
      }),
    run,
  );

/** Begins the example and waits until so many entries are there; the run's id. */
async function begin(context: BrowserContext, entries: number): Promise<{ page: Page; run: string }> {
  const page = await context.newPage();
  await page.goto(served.server.url);
  const run = await startExample(page);
  await expect.poll(async () => (await entriesOf(page, run)).length, { interval: 5 }).toBeGreaterThanOrEqual(entries);
  return { page, run };
}

function brokenAt(entries: readonly JournalEntry[]): number | undefined {
  let prevHash = genesis;
  for (const [i, { hash, seq: _, ...entry }] of entries.entries()) {
    if (entry.idx !== i || entry.prevHash !== prevHash || createHash("sha256").update(hashInput(entry)).digest("hex") !== hash) return i;
    prevHash = hash;
  }
  return undefined;
}
const stepsFinished = (entries: readonly JournalEntry[]) =>
  entries.flatMap(({ type, data }) => (type === "step.finished" ? [`${(data as { path: string }).path}#${(data as { attempt: number }).attempt}`] : []));

describe("a tab that is closed in the middle of a run", () => {
  it.each(Array.from({ length: kills }, (_, i) => ({ entries: 2 + ((i * 5) % 17) })))(
    "leaves a run that goes on when the page is opened again, closed after $entries entries",
    async ({ entries }) => {
      const context = await openProfile(served.browser);
      const { page, run } = await begin(context, entries);
      await page.close();
      const again = await context.newPage();
      await again.goto(`${served.server.url}#/run/${run}`);
      expect(await ended(again)).toBe(run);
      const kept = await entriesOf(again, run);
      expect(brokenAt(kept)).toBeUndefined();
      expect(kept.at(-1)).toMatchObject({ type: "run.finished", data: { status: "accepted" } });
      expect(kept.filter(({ type }) => type === "run.finished")).toHaveLength(1);
      expect(stepsFinished(kept)).toEqual([...new Set(stepsFinished(kept))]);
      await context.close();
    },
  );

  it("may be killed, too: the page is opened again, says that the run was carried on, and shows it to its end", async () => {
    const context = await openProfile(served.browser);
    // Two steps settle; in the middle of the next the tab stands until it is killed.
    const model = await heldModel({ answered: 2 });
    onTestFinished(() => model.stop());
    const page = await context.newPage();
    await model.connect(page, served.server.url);
    await page.goto(`${served.server.url}#/`);
    const run = await startExample(page);
    await model.asked();
    const session = await context.newCDPSession(page);
    const crashed = new Promise((resolve) => page.once("crash", resolve));
    // Nothing of the page gets to say goodbye.
    void session.send("Page.crash").catch(() => undefined);
    await crashed;
    model.answer();
    const again = await context.newPage();
    await again.goto(served.server.url);
    await again
      .getByRole("link", { name: /When does the Aurora/ })
      .first()
      .click();
    expect(await ended(again)).toBe(run);
    await again.getByRole("region", { name: "What the run was told" }).getByText("steps that had settled are kept").waitFor();
    const kept = await entriesOf(again, run);
    expect(kept.filter(({ type }) => type === "run.resumed")).toMatchObject([{ data: { from: "crash" } }]);
    expect(kept.at(-1)).toMatchObject({ type: "run.finished", data: { status: "accepted" } });
    expect(stepsFinished(kept)).toEqual([...new Set(stepsFinished(kept))]);
    expect(brokenAt(kept)).toBeUndefined();
    await context.close();
  });

  it("leaves its run to another tab that is open, as soon as it is gone", async () => {
    const context = await openProfile(served.browser);
    const { page, run } = await begin(context, 2);
    const other = await context.newPage();
    await other.goto(`${served.server.url}#/run/${run}`);
    await other.locator("h1").first().waitFor();
    await page.close();
    expect(await ended(other)).toBe(run);
    const kept = await entriesOf(other, run);
    expect(kept.filter(({ type }) => type === "run.finished")).toHaveLength(1);
    expect(stepsFinished(kept)).toEqual([...new Set(stepsFinished(kept))]);
    expect(brokenAt(kept)).toBeUndefined();
    await context.close();
  });

  it("is not taken over by another tab while it is open", async () => {
    const context = await openProfile(served.browser);
    const { page, run } = await begin(context, 2);
    const other = await context.newPage();
    await other.goto(`${served.server.url}#/run/${run}`);
    await ended(page);
    const kept = await entriesOf(page, run);
    expect(kept.map(({ type }) => type)).not.toContain("run.resumed");
    expect(kept.at(-1)).toMatchObject({ type: "run.finished", data: { status: "accepted" } });
    expect(brokenAt(kept)).toBeUndefined();
    await context.close();
  });
});
