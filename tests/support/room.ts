import type { Page } from "playwright-core";
import { expect } from "vitest";

/** What the browser says to something that is written beside the product. */
const writing = (page: Page): Promise<string> =>
  page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const opening = indexedDB.open("probe");
        opening.onupgradeneeded = () => opening.result.createObjectStore("texts");
        opening.onerror = () => resolve(opening.error?.name ?? "");
        opening.onsuccess = () => {
          const changing = opening.result.transaction("texts", "readwrite");
          changing.objectStore("texts").put("x".repeat(10_000), "text");
          const end = (said: string) => {
            opening.result.close();
            resolve(said);
          };
          changing.oncomplete = () => end("written");
          changing.onabort = () => end(changing.error?.name ?? "");
        };
      }),
  );

/** Takes the room of the page's origin away, and gives it back; each until the browser goes by it. */
export async function roomOf(page: Page): Promise<{ take(): Promise<void>; give(): Promise<void> }> {
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  // The browser goes by what it last measured for a while.
  const until = (said: string) => expect.poll(() => writing(page), { timeout: 90_000 }).toBe(said);
  return {
    async take() {
      await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
      await until("QuotaExceededError");
    },
    async give() {
      await session.send("Storage.overrideQuotaForOrigin", { origin });
      await until("written");
    },
  };
}
