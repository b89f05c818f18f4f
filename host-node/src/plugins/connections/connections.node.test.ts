import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { locateHome, openHome, type Home } from "../../home.ts";
import type { ConnectionSetting } from "../../settings/schema.ts";
import { loadSettings } from "../../settings/load-settings.ts";
import { connect, disconnect } from "./connect.ts";
import { discoverLocal } from "./discover.ts";
import { listConnections } from "./index.ts";
import { createVault } from "./vault.ts";

let home: Home;
beforeEach(() => {
  home = openHome(locateHome(mkdtempSync(join(tmpdir(), "orrery-connections-"))));
});
afterEach(() => rmSync(home.dir, { recursive: true, force: true }));

const list = (env: Record<string, string>, configured: ConnectionSetting[] = [], discovered = async (): ReturnType<typeof discoverLocal> => []) =>
  listConnections({ vault: createVault(home, env), env, configured: () => configured, discover: true }, discovered);

describe("connections", () => {
  it("are found in the environment, with the name of the key and not the key", async () => {
    const found = await list({ OPENAI_API_KEY: "sk-secret", ANTHROPIC_API_KEY: "sk-ant", GOOGLE_GENERATIVE_AI_API_KEY: "goog" });
    expect(found.map(({ provider, credential, source, local, baseUrl }) => [provider, credential, source, local, baseUrl])).toEqual([
      ["openai", "openai", "OPENAI_API_KEY", false, undefined],
      ["anthropic", "anthropic", "ANTHROPIC_API_KEY", false, undefined],
      ["google", "google", "GOOGLE_GENERATIVE_AI_API_KEY", false, undefined],
    ]);
    expect(JSON.stringify(found)).not.toMatch(/sk-secret|sk-ant|goog"/);
  });

  it("honour OPENAI_BASE_URL, with and without a key", async () => {
    expect(await list({ OPENAI_BASE_URL: "http://127.0.0.1:9/v1" })).toEqual([
      { provider: "openai", baseUrl: "http://127.0.0.1:9/v1", source: "OPENAI_BASE_URL", local: true },
    ]);
    expect(await list({ OPENAI_BASE_URL: "https://proxy.example/v1", OPENAI_API_KEY: "k" })).toMatchObject([
      { provider: "openai", baseUrl: "https://proxy.example/v1", credential: "openai", local: false },
    ]);
  });

  it("take what a person connected before what is merely found, and merge its models", async () => {
    const discovered = async () => [
      { provider: "ollama", baseUrl: "http://127.0.0.1:11434/v1", source: "found on 127.0.0.1:11434", local: true, models: ["qwen3:8b"] },
    ];
    expect(await list({}, [{ provider: "ollama" }], discovered)).toMatchObject([{ provider: "ollama", source: "config", models: ["qwen3:8b"] }]);
    expect(await list({}, [{ provider: "ollama", baseUrl: "http://10.0.0.5:11434/v1" }], discovered)).toMatchObject([
      { baseUrl: "http://10.0.0.5:11434/v1", local: false },
    ]);
    expect(await list({}, [], discovered)).toMatchObject([{ source: "found on 127.0.0.1:11434" }]);
    expect(await list({}, [{ provider: "mine", baseUrl: "http://127.0.0.1:8080/v1", models: ["m"] }])).toMatchObject([
      { provider: "mine", local: true, models: ["m"] },
    ]);
  });

  it("are looked for where local servers are, and nothing that answers otherwise is taken for one", async () => {
    const answers: Record<string, () => Response> = {
      "http://127.0.0.1:11434/api/tags": () => Response.json({ models: [{ name: "qwen3:8b" }, { name: 3 }, null] }),
      "http://127.0.0.1:1234/v1/models": () => new Response("<html>not a model server</html>"),
    };
    const asked: string[] = [];
    const found = await discoverLocal(100, (async (url: URL) => {
      asked.push(String(url));
      return answers[String(url)]?.() ?? Response.error();
    }) as typeof fetch);
    expect(asked.sort()).toEqual(Object.keys(answers).sort());
    expect(found).toEqual([
      { provider: "ollama", baseUrl: "http://127.0.0.1:11434/v1", source: "found on 127.0.0.1:11434", local: true, models: ["qwen3:8b"] },
    ]);
  });

  it("are remembered with the key apart, in a file for the owner alone, and forgotten with it", () => {
    const vault = createVault(home, {});
    connect({ home, vault }, { provider: "mine", baseUrl: "http://127.0.0.1:8080/v1", key: "sk-123", models: ["a"] });
    expect(loadSettings(home, {}).connections).toEqual([{ provider: "mine", baseUrl: "http://127.0.0.1:8080/v1", models: ["a"] }]);
    expect(vault.key("mine")).toEqual({ value: "sk-123", source: "config" });
    if (process.platform !== "win32") expect(statSync(home.keys).mode & 0o077).toBe(0);
    expect(disconnect({ home, vault }, "mine")).toBe(true);
    expect(vault.key("mine")).toBeUndefined();
    expect(loadSettings(home, {}).connections).toEqual([]);
    expect(disconnect({ home, vault }, "mine")).toBe(false);
  });

  it("refuse names, addresses and keys that make no sense", () => {
    const vault = createVault(home, {});
    for (const wrong of [
      { provider: "__proto__" },
      { provider: "unheard-of" },
      { provider: "mine", baseUrl: "file:///etc/passwd" },
      { provider: "mine", baseUrl: "nonsense" },
      { provider: "openai", key: "a b" },
    ]) {
      expect(() => connect({ home, vault }, wrong)).toThrow(expect.objectContaining({ code: "CONNECTION_INVALID" }));
    }
    expect(loadSettings(home, {}).connections).toEqual([]);
  });
});
