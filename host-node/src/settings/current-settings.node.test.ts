import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { CurrentSettings } from "./current-settings.ts";
import { loadSettings, saveSetting } from "./load-settings.ts";

function settle(env: NodeJS.ProcessEnv = {}, flags: Record<string, unknown> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "orrery-settings-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const home = { config: join(folder, "config.json") };
  const told: string[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (message: string) => void told.push(message) };
  const reload = () => loadSettings(home, env, flags);
  return { home, told, current: new CurrentSettings({ home, settings: reload(), reload, log }) };
}

it("what is written into the file holds for whoever asks after it, and is the same object while nothing is written", () => {
  const { home, current } = settle();
  const before = current.now();
  expect(before.spending.capUsd).toBe(0.05);
  expect(current.now()).toBe(before);
  saveSetting(home, "spending.capUsd", 1);
  expect(current.now().spending.capUsd).toBe(1);
  expect(current.now()).toBe(current.now());
  saveSetting(home, "spending.capUsd", undefined);
  expect(current.now().spending.capUsd).toBe(0.05);
});

it("flags and the environment go before it, as at the start", () => {
  const { home, current } = settle({ ORRERY_CAP_USD: "2" }, { spending: { dayCapUsd: 3 } });
  saveSetting(home, "spending.capUsd", 1);
  saveSetting(home, "spending.dayCapUsd", 1);
  saveSetting(home, "tools.deny", ["fetch"]);
  expect(current.now()).toMatchObject({ spending: { capUsd: 2, dayCapUsd: 3 }, tools: { deny: ["fetch"] } });
});

it("a file that is not valid changes nothing and is told once; the next valid one holds", () => {
  const { home, told, current } = settle();
  saveSetting(home, "spending.capUsd", 1);
  expect(current.now().spending.capUsd).toBe(1);
  writeFileSync(home.config, '{"spending": {"capUsd": "many"}}');
  expect([current.now().spending.capUsd, current.now().spending.capUsd]).toEqual([1, 1]);
  expect(told).toEqual([expect.stringMatching(/spending\.capUsd.*what was set before goes on to hold/)]);
  writeFileSync(home.config, '{"spending": {"capUsd": 2}}');
  expect(current.now().spending.capUsd).toBe(2);
});
