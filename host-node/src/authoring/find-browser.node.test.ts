import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { findBrowser } from "./find-browser.ts";

/** Folders that hold these programs, some of which cannot be run. */
function folders(...programs: readonly { readonly path: string; readonly runs: boolean }[]): string {
  const place = mkdtempSync(join(tmpdir(), "orrery-find-browser-"));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  for (const { path, runs } of programs) {
    mkdirSync(join(place, path, ".."), { recursive: true });
    writeFileSync(join(place, path), "");
    chmodSync(join(place, path), runs ? 0o755 : 0o644);
  }
  return place;
}

describe("the browser of a machine", () => {
  it("is the first one on the PATH that can be run, whichever of Chromium, Chrome and Edge it is", () => {
    const place = folders({ path: "a/chromium", runs: false }, { path: "b/microsoft-edge", runs: true }, { path: "c/chromium", runs: true });
    const path = ["a", "b", "c"].map((folder) => join(place, folder)).join(delimiter);
    expect(findBrowser({ PATH: path }, "linux")).toBe(join(place, "b/microsoft-edge"));
    expect(findBrowser({ PATH: join(place, "a") }, "linux")).toBeUndefined();
    expect(findBrowser({}, "linux")).toBeUndefined();
  });

  it("is what CHROMIUM_PATH names, or a mistake that is told", () => {
    const place = folders({ path: "mine", runs: true }, { path: "chromium", runs: true });
    expect(findBrowser({ PATH: place, CHROMIUM_PATH: join(place, "mine") }, "linux")).toBe(join(place, "mine"));
    expect(() => findBrowser({ PATH: place, CHROMIUM_PATH: join(place, "none") }, "linux")).toThrow(expect.objectContaining({ code: "BROWSER_UNUSABLE" }));
  });

  it("is looked for under the folders of programs on Windows", () => {
    const chrome = "Google\\Chrome\\Application\\chrome.exe";
    const place = folders({ path: chrome, runs: true });
    expect(findBrowser({ LOCALAPPDATA: place }, "win32")).toBe(join(place, chrome));
    expect(findBrowser({ PATH: place }, "win32")).toBeUndefined();
  });
});
