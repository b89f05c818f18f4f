import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSettings, saveSetting } from "./load-settings.ts";

let dir: string;
let home: { config: string };
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "orrery-settings-"));
  home = { config: join(dir, "config.json") };
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const file = (value: unknown) => writeFileSync(home.config, typeof value === "string" ? value : JSON.stringify(value));

describe("settings", () => {
  it("have a default for everything", () => {
    expect(loadSettings(home, {})).toMatchObject({ spending: { capUsd: 0.05, agreed: false }, server: { host: "127.0.0.1", port: 4400 }, discover: true });
  });

  it("come from the flag, else the environment, else the file, else the default", () => {
    file({ server: { port: 1, host: "127.0.0.2" }, actor: "file", workspace: "file" });
    const env = { ORRERY_PORT: "2", ORRERY_ACTOR: "env" };
    const found = loadSettings(home, env, { server: { port: 3 } });
    expect([found.server.port, found.actor, found.workspace, found.server.host]).toEqual([3, "env", "file", "127.0.0.2"]);
  });

  it("name the setting and the place of a mistake", () => {
    file({ server: { port: 70_000 } });
    expect(() => loadSettings(home, {})).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringMatching(/server\.port.*config\.json/) }),
    );
    file({});
    expect(() => loadSettings(home, { ORRERY_PORT: "many" })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/server\.port.*the environment/) }),
    );
    file({ sever: {} });
    expect(() => loadSettings(home, {})).toThrow(expect.objectContaining({ message: expect.stringContaining("sever") }));
    file("{ not json");
    expect(() => loadSettings(home, {})).toThrow(expect.objectContaining({ code: "CONFIG_UNREADABLE" }));
    file("[1]");
    expect(() => loadSettings(home, {})).toThrow(expect.objectContaining({ code: "CONFIG_UNREADABLE" }));
  });

  it("are saved one by one, for the owner's eyes, and not at all when they make no sense", () => {
    saveSetting(home, "server.port", 4_500);
    saveSetting(home, "spending.agreed", true);
    expect(JSON.parse(readFileSync(home.config, "utf8"))).toEqual({ server: { port: 4_500 }, spending: { agreed: true } });
    if (process.platform !== "win32") expect(statSync(home.config).mode & 0o077).toBe(0);
    expect(() => saveSetting(home, "server.port", "x")).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(loadSettings(home, {}).server.port).toBe(4_500);
    saveSetting(home, "server.port", undefined);
    expect(loadSettings(home, {}).server.port).toBe(4_400);
  });

  it("do not let a file reach the prototype of anything", () => {
    file('{"__proto__": {"polluted": true}, "server": {"__proto__": {"port": 1}}}');
    expect(() => loadSettings(home, {})).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    file({});
    expect(() => saveSetting(home, "__proto__.polluted", true)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
