import { expect, it } from "vitest";
import { servedPage } from "../support/built-page.ts";
import { kernelReady, openPage, runExample } from "../support/open-page.ts";

const served = servedPage();

it("runs the example offline after the first load, the sentence encoder included", async () => {
  const { page, context, close } = await openPage(served.browser, served.server.url);
  await kernelReady(page);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await context.setOffline(true);
  await served.server.close();
  await page.reload();
  await page.getByText("Offline. Everything in this tab goes on working.").waitFor();
  await runExample(page);
  await page.getByText("accepted", { exact: true }).first().waitFor();
  const encoder = await page.evaluate(async () => {
    const cache = await caches.open((await caches.keys())[0] ?? "");
    return (await cache.keys()).flatMap(({ url }) => /[^/]+\.onnx$|ort[^/]*\.wasm$/.exec(url)?.[0] ?? []).sort();
  });
  expect(encoder).toEqual(["model_quantized.onnx", "ort-wasm-simd-threaded.wasm"]);
  // Every other room comes from the cache too.
  for (const [room, title] of [
    ["#/observe", "Runs"],
    ["#/extend", "Plugins"],
    ["#/extend/playground", "Plugin playground"],
  ] as const) {
    await page.goto(`${served.server.url}${room}`);
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
  }
  await close();
});
