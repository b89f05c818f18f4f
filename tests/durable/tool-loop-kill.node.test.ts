import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Journal, type JournalEntry, type RunReport } from "@orrery/sdk";
import { expect, it, onTestFinished } from "vitest";
import { bootHere } from "../node/booted.ts";
import { cleanEnv, scratch, start } from "../node/support.ts";
import { countingProvider } from "./counting-provider.ts";

const rounds = 6;
const team = {
  name: "one",
  agents: [{ id: "a", role: "a", skill: "write", prompt: "Add up.", tools: ["calculator"] }],
  topology: { id: "sequential", config: {} },
};

it("a process killed again and again in the middle of an agent's tools pays for no answered round twice, and repeats at most one call a kill, under its key", async () => {
  const dir = scratch("tool-loop");
  const model = await countingProvider(60, (messages) => {
    const done = messages.filter(({ role }) => role === "tool").length;
    return done < rounds ? { name: "calculator", input: { expression: `${done} + 1` } } : undefined;
  });
  onTestFinished(() => model.close());
  writeFileSync(join(dir, "config.json"), JSON.stringify({ disabled: ["orrery.judge.grounded", "orrery.judge.format"] }));
  const file = join(dir, "team.json");
  writeFileSync(file, JSON.stringify(team));
  const env = cleanEnv(dir, { OPENAI_API_KEY: "key", OPENAI_BASE_URL: model.url });
  const entries = async (): Promise<JournalEntry[]> => {
    const host = await bootHere({ dir, preset: [] });
    const journal = host.need(Journal);
    const [run] = await journal.runs();
    const found = run ? await journal.read(run.run) : [];
    if (run) expect(await journal.verify(run.run)).toMatchObject({ ok: true });
    await host.close();
    return found;
  };
  /** Answers with calls of tools that are in the journal: their ids are the provider's. */
  const answered = (found: readonly JournalEntry[]): string[] =>
    found.flatMap(({ type, data }) => (type === "model.answered" ? (data as unknown as { toolCalls: { id: string }[] }).toolCalls.map(({ id }) => id) : []));

  let kills = 0;
  const again: string[] = [];
  // Somewhere else in each life: after its request is in, while it is answered, when the tool is done.
  for (const [requests, ms] of [
    [1, 20],
    [2, 62],
    [1, 75],
    [2, 5],
    [1, 90],
  ] as const) {
    const kept = new Set(answered(await entries()));
    const before = model.asked.length;
    const child = start(
      kills === 0 ? ["run", "Add up.", "--team", file, "--model", "openai/gpt-4o", "--budget", "1", "--json"] : ["resume", "--all", "--json"],
      env,
    );
    await Promise.race([model.until(before + requests), child.done]);
    await new Promise((resolve) => setTimeout(resolve, ms));
    child.kill("SIGKILL");
    await child.done;
    kills += 1;
    again.push(...model.asked.slice(before).filter((answer) => kept.has(answer)));
  }
  const last = start(["resume", "--all", "--json"], env);
  const { stdout } = await last.done;
  expect((JSON.parse(stdout) as { runs: Pick<RunReport, "status">[] }).runs.every(({ status }) => status === "accepted")).toBe(true);
  const whole = await entries();
  expect(again).toEqual([]);
  const distinct = new Set(model.asked);
  expect(distinct.size).toBe(rounds + 1);
  expect(model.asked.length - distinct.size).toBeLessThanOrEqual(kills);
  // A call made again is the same call to whoever keeps count; another is another.
  expect(new Set(model.asked.map((answer, i) => `${answer} ${model.keys[i]}`)).size).toBe(distinct.size);
  expect(new Set(model.keys).size).toBe(distinct.size);
  expect(model.keys.every((key) => /^[0-9a-f]{64}$/.test(key))).toBe(true);
  expect(new Set(answered(whole)).size).toBe(answered(whole).length);
  expect(whole.filter(({ type }) => type === "tool.finished")).toHaveLength(rounds);
  expect(whole.filter(({ type }) => type === "run.finished")).toHaveLength(1);
}, 300_000);
