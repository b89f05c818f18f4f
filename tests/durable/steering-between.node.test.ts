import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Journal, type JournalEntry, type RunReport } from "@orrery/sdk";
import { describe, expect, it, onTestFinished } from "vitest";
import { bootHere } from "../node/booted.ts";
import { cleanEnv, orrery, type Ran, scratch, start } from "../node/support.ts";
import { countingProvider } from "./counting-provider.ts";

const json = <T>({ stdout, stderr }: Ran): T => {
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new Error(`no JSON: ${stdout}${stderr}`);
  }
};
const codeOf = (ran: Ran): string => json<{ error: { code: string } }>(ran).error.code;
const team = {
  name: "three",
  agents: ["a", "b", "c"].map((id) => ({ id, role: id, skill: "write", prompt: `You are ${id}.` })),
};

/** A run that one process carries on, and the command for another that tells it something. */
async function underWay(ms: number, topology = "sequential", gates: object[] = []) {
  const dir = scratch("between");
  const model = await countingProvider(ms);
  onTestFinished(() => model.close());
  /** How long whoever tells the run something waits for its process to take it in. */
  const patience = (letterWaitMs: number) => {
    const settings = { disabled: ["orrery.judge.grounded", "orrery.judge.format"], pluginConfig: { "orrery.runner": { letterWaitMs } } };
    writeFileSync(join(dir, "config.json"), JSON.stringify(settings));
  };
  patience(60_000);
  writeFileSync(join(dir, "team.json"), JSON.stringify({ ...team, topology: { id: topology, config: {} }, gates }));
  const env = cleanEnv(dir, { OPENAI_API_KEY: "key", OPENAI_BASE_URL: model.url });
  const owner = start(["run", "Say hello", "--team", join(dir, "team.json"), "--model", "openai/gpt-4o", "--budget", "1", "--json"], env);
  await model.until(1);
  const { runs } = json<{ runs: { run: string }[] }>(await orrery(["runs", "--json"], env));
  const run = runs[0]?.run ?? "";
  return {
    owner,
    model,
    patience,
    tell: (word: string, ...more: string[]) => orrery(["run", word, run, ...more, "--json"], env),
    async entries(): Promise<JournalEntry[]> {
      const host = await bootHere({ dir, preset: [] });
      try {
        const journal = host.need(Journal);
        expect(await journal.verify(run)).toMatchObject({ ok: true });
        return await journal.read(run);
      } finally {
        await host.close();
      }
    },
  };
}
const told = (entries: readonly JournalEntry[]) =>
  entries.map(({ type }) => type).filter((type) => /^run\.(paused|resumed|redirected|cancelled)$|^gate\.decided$/.test(type));

describe("a run that another process carries on", { timeout: 300_000 }, () => {
  it("is paused, redirected and resumed there, each one entry of its journal, and goes on to its end", async () => {
    const { owner, model, tell, entries } = await underWay(600_000);
    const paused = await tell("pause");
    expect([paused.code, json<RunReport>(paused).status]).toEqual([0, "paused"]);
    expect((await tell("pause")).code).toBe(0);
    expect((await tell("redirect", "Only the costs.")).code).toBe(0);
    expect(codeOf(await tell("approve", "nothing"))).toBe("GATE_UNKNOWN");
    model.ms = 5;
    const resumed = await tell("resume");
    expect(resumed.code).toBe(0);
    model.answer();
    expect(json<RunReport>(await owner.done)).toMatchObject({ status: "accepted" });
    const written = await entries();
    expect(told(written)).toEqual(["run.paused", "run.redirected", "run.resumed"]);
    const begun = written.flatMap(({ type, data }) => (type === "step.started" ? [(data as { feedback: string[] }).feedback] : []));
    expect(begun).toEqual([[], ["Only the costs."], ["Only the costs."]]);
    expect(model.asked).toHaveLength(3);
    expect(codeOf(await tell("pause"))).toBe("RUN_OVER");
  });

  it("is told there what a person decides at a gate, while others of its steps go on", async () => {
    const { owner, model, tell, entries } = await underWay(600_000, "parallel", [{ id: "publish", before: "b", ask: "May b?" }]);
    expect(json<RunReport>(await tell("approve", "publish", "--note", "fine")).status).toBe("running");
    await model.until(2);
    expect((await tell("cancel")).code).toBe(0);
    await owner.done;
    expect(told(await entries())).toEqual(["gate.decided", "run.cancelled"]);
  });

  it("is cancelled there: its call is broken off, and it ends with a report", async () => {
    const { owner, model, tell, entries } = await underWay(600_000);
    const cancelled = await tell("cancel", "--reason", "enough");
    expect([cancelled.code, json<RunReport>(cancelled).status]).toEqual([0, "cancelled"]);
    expect(json<RunReport>(await owner.done)).toMatchObject({ status: "cancelled", reasons: ["Cancelled: enough"] });
    await expect.poll(() => model.broken.length).toBe(1);
    expect(told(await entries())).toEqual(["run.cancelled"]);
  });

  it("is told nothing when its process takes nothing in, and who told it hears so; one that is gone is told here", async () => {
    const { owner, patience, tell, entries } = await underWay(600_000);
    patience(2_000);
    owner.kill("SIGSTOP");
    const unheard = await tell("pause");
    expect([unheard.code, codeOf(unheard)]).toEqual([1, "RUN_UNANSWERED"]);
    owner.kill("SIGCONT");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(told(await entries())).toEqual([]);
    patience(60_000);
    owner.kill("SIGSTOP");
    const waiting = tell("pause");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    owner.kill("SIGKILL");
    await owner.done;
    const paused = await waiting;
    expect([paused.code, json<RunReport>(paused).status]).toEqual([0, "paused"]);
    expect(told(await entries())).toEqual(["run.paused"]);
  });
});
