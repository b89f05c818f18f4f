import { loadSandboxAssets, pageFrames, tabSandboxEngine } from "@orrery/host-browser/sandbox";
import { sandboxLimits } from "@orrery/sdk/sandbox";
import { expect, it } from "vitest";
import { escapeProbe } from "./escape-probe.ts";

const listener = { message: () => undefined, fault: () => undefined, exit: () => undefined };
const source = { code: "export default {}", limits: sandboxLimits };
const frames = () => document.querySelectorAll("iframe[sandbox]").length;

it("a worker whose machine was escaped from stands in a frame without an origin: no way leads out of it", async () => {
  const before = frames();
  const heard: unknown[] = [];
  const channel = new BroadcastChannel("orrery");
  channel.onmessage = ({ data }) => heard.push(data);
  window.addEventListener("message", ({ source: from, data }) => from !== window && heard.push(data));
  const probing = async () => ({ ...(await loadSandboxAssets(`${location.origin}/`)), program: escapeProbe(`${location.origin}/assets/sandbox/guest.js`) });
  const engine = tabSandboxEngine({ frames: pageFrames(probing), warm: 0 });
  const { message } = (await engine.open(source, listener).catch((thrown: Error) => thrown)) as Error;
  expect(JSON.parse(message)).toEqual({ tried: 32, led: [] });
  expect(heard).toEqual([]);
  channel.close();
  expect(frames()).toBe(before);
});

it("the same program in a plain worker of the page finds ways: it would tell", async () => {
  const url = URL.createObjectURL(new Blob([escapeProbe(`${location.origin}/assets/sandbox/guest.js`)], { type: "text/javascript" }));
  const worker = new Worker(url);
  const { port1, port2 } = new MessageChannel();
  const said = new Promise<string>((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<{ message: string }>) => resolve(data.message);
  });
  worker.postMessage({}, [port2]);
  const { led } = JSON.parse(await said) as { led: string[] };
  expect(led).toEqual(
    expect.arrayContaining(["an origin", "fetch", "XMLHttpRequest", "importScripts of data", "dynamic import", "eval", "IndexedDB", "caches", "locks"]),
  );
  worker.terminate();
});

it("what cannot be fetched is told, and leaves no frame", async () => {
  const before = frames();
  const engine = tabSandboxEngine({ frames: pageFrames(() => loadSandboxAssets(`${location.origin}/nowhere/`)), warm: 0 });
  await expect(engine.open(source, listener)).rejects.toMatchObject({ code: "SANDBOX_CRASHED", message: expect.stringContaining("could not be fetched") });
  expect([frames(), engine.workers()]).toEqual([before, 0]);
});

it("closing the engine takes every frame away, warm ones too, and opens no more", async () => {
  const before = frames();
  const engine = tabSandboxEngine({ frames: pageFrames(() => loadSandboxAssets(`${location.origin}/`)), warm: 2 });
  await engine.open(source, listener);
  await expect.poll(() => engine.workers()).toBe(3);
  expect(frames()).toBe(before + 3);
  await engine.close();
  expect([frames(), engine.workers()]).toEqual([before, 0]);
  await expect(engine.open(source, listener)).rejects.toMatchObject({ code: "SANDBOX_CLOSED" });
});
