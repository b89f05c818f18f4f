import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { tallyOf } from "@orrery/sdk/package";
import type { BrowserContext, Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { servedPage } from "../support/built-page.ts";
import { kernelReady, openProfile } from "../support/open-page.ts";
import { samplePackage } from "../support/sample-package.ts";

const rounds = 24;
const id = "acme.signature";

const served = servedPage();
let context: BrowserContext;
beforeAll(async () => {
  context = await openProfile(served.browser);
});

interface Kept {
  readonly packages: readonly { id: string; bytes: number[]; installed: { version: string; integrity: string; granted: string[] } }[];
  readonly values: readonly { ns: string; key: string }[];
}

/** What the browser keeps of installed plugins. */
const keptIn = (page: Page): Promise<Kept> =>
  page.evaluate(
    () =>
      new Promise<Kept>((resolve, reject) => {
        const opening = indexedDB.open("orrery.state");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const reading = opening.result.transaction(["packages", "values"]);
          const [packages, values] = [reading.objectStore("packages").getAll(), reading.objectStore("values").getAll()];
          reading.oncomplete = () => {
            opening.result.close();
            resolve({ packages: packages.result.map((row) => ({ ...row, bytes: [...row.bytes] })), values: values.result });
          };
        };
      }),
  );

async function opened(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${served.server.url}#/extend`);
  await kernelReady(page);
  return page;
}
const row = (page: Page) => page.getByRole("listitem", { name: "Signature" });

/** The change from what is installed to the next: clicked, and not waited for. */
async function begin(page: Page, from: string | undefined, to: string | undefined): Promise<void> {
  if (to === undefined) {
    await row(page).getByRole("button", { name: "Remove Signature" }).click();
    return row(page).getByRole("button", { name: "Remove for good" }).click();
  }
  const buffer = Buffer.from(await samplePackage({ version: to }));
  await page.getByLabel("A plugin's package").setInputFiles({ name: `${to}.tgz`, mimeType: "application/gzip", buffer });
  const asked = page.getByRole("region", { name: /Signature/ }).filter({ hasText: to });
  await asked.getByRole("checkbox", { name: /keep up to 64 KB/ }).check();
  await asked.getByRole("checkbox", { name: /Nobody signed it/ }).check();
  await asked.getByRole("button", { name: from === undefined ? "Install" : "Update" }).click();
}

/** Closed, or its process killed as by the system. */
async function end(page: Page, how: "closed" | "killed"): Promise<void> {
  if (how === "killed") {
    const gone = new Promise((resolve) => page.once("crash", resolve));
    const session = await context.newCDPSession(page);
    session.send("Page.crash").catch(() => undefined);
    await gone;
  }
  await page.close();
}

it(`a tab that is closed or killed in the middle of an install, an update or a removal leaves the old state or the new, ${rounds} times`, {
  timeout: 1_200_000,
}, async () => {
  // How long a change takes here, so that moments within it are hit.
  let page = await opened();
  const began = performance.now();
  await begin(page, undefined, "1.0.0");
  await row(page).getByText("active", { exact: true }).waitFor();
  let whole = performance.now() - began;
  let at: string | undefined = "1.0.0";
  let chance = 7;
  const left = { old: 0, new: 0 };
  for (let round = 1; round <= rounds; round += 1) {
    chance = (chance * 1_103_515_245 + 12_345) % 2 ** 31;
    const to: string | undefined = at === undefined ? "1.0.0" : at === "1.0.0" && round % 3 !== 0 ? "1.1.0" : undefined;
    await begin(page, at, to);
    await setTimeout((chance / 2 ** 31) * whole);
    await end(page, round % 2 === 0 ? "killed" : "closed");

    page = await opened();
    // Started, or said to be none: what was left unfinished has been swept by then.
    await row(page).getByText("active", { exact: true }).or(page.getByText("No plugin of anybody else's is installed")).first().waitFor();
    const { packages, values } = await keptIn(page);
    const version = packages[0]?.installed.version;
    expect(packages.length).toBeLessThanOrEqual(1);
    expect([at, to], `round ${round}`).toContain(version);
    for (const { bytes, installed } of packages) {
      expect(`sha512-${createHash("sha512").update(Uint8Array.from(bytes)).digest("base64")}`).toBe(installed.integrity);
      expect(installed.granted).toEqual(["storage:64KB"]);
      await expect.poll(() => row(page).textContent()).toContain(`${id} ${installed.version}`);
    }
    const traces = values.filter(({ ns, key }) => ns.includes(id) || key.includes(id)).map(({ ns }) => ns);
    // What it keeps, and once they were written the counts of what it used: of what is not installed, neither.
    if (version === undefined) expect(traces, `round ${round}`).toEqual([]);
    else expect(traces.filter((ns) => ns !== tallyOf(id))).toEqual([`sandbox.${id}`]);
    // Its own, and the one kept warm.
    await expect.poll(() => page.locator("iframe[sandbox]").count()).toBeLessThanOrEqual(2);
    const which = version === to ? "new" : "old";
    left[which] += 1;
    // A moment of a slow machine is measured once, and the rest is quick, or the other way round: what follows soon finds the middle.
    whole *= which === "new" ? 0.7 : 1.4;
    at = version;
  }
  // Both were met: the moments lay on either side of the one that counts.
  expect(Math.min(left.old, left.new), JSON.stringify(left)).toBeGreaterThan(0);
});
