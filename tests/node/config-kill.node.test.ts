import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cleanEnv, orrery, scratch, start } from "./support.ts";

/** So long that writing it takes more than a moment. */
const hosts = (word: string) => Array.from({ length: 1_000 }, (_, i) => `${word}${i}.example.com`);

it("a process that is killed while it sets something leaves the old value or the new one, and no mixture", { timeout: 300_000 }, async () => {
  const home = scratch("home");
  const env = cleanEnv(home);
  const file = join(home, "config.json");
  expect(await orrery(["config", "set", "tools.hosts", JSON.stringify(hosts("old"))], env)).toMatchObject({ code: 0 });
  const old = readFileSync(file, "utf8");
  const next = JSON.stringify(hosts("new"));
  const left = () => readdirSync(home).filter((name) => name.startsWith("config.json"));

  // The moment at which it writes is found by its file beside the other: from its first byte on, and in what follows.
  const seen = { old: 0, next: 0 };
  for (let round = 0; round < 12; round += 1) {
    writeFileSync(file, old);
    const child = start(["config", "set", "tools.hosts", next], env);
    const over = once(child, "exit");
    const moment = round % 3;
    while (child.exitCode === null && child.signalCode === null) {
      if (moment === 0 && readdirSync(home).some((name) => /^config\.json\..+\.tmp$/.test(name))) break;
      if (moment === 1 && readFileSync(file, "utf8") !== old) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    child.kill("SIGKILL");
    await over;
    const value = JSON.parse(readFileSync(file, "utf8")).tools.hosts;
    const which = value[0] === "old0.example.com" ? "old" : "next";
    expect(value).toEqual(hosts(which === "old" ? "old" : "new"));
    seen[which] += 1;
  }
  expect(seen.next).toBeGreaterThan(0);

  // Whoever sets something after it is not in its way, and takes away what it left.
  expect(await orrery(["config", "set", "spending.capUsd", "1"], env)).toMatchObject({ code: 0 });
  expect((await orrery(["config", "get", "spending.capUsd"], env)).stdout).toBe("1\n");
  expect(left()).toEqual(["config.json"]);
});
