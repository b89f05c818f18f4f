import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunReport, WaitingItem } from "@orrery/sdk";
import { describe, expect, it, onTestFinished } from "vitest";
import { cleanEnv, orrery, type Ran, scratch, start } from "../node/support.ts";
import { countingProvider } from "./counting-provider.ts";

const json = <T>({ stdout }: Ran): T => JSON.parse(stdout) as T;
const team = (gates: object[] = []) => ({
  name: "three",
  agents: ["a", "b", "c"].map((id) => ({ id, role: id, skill: "write", prompt: `You are ${id}.` })),
  topology: { id: "sequential", config: {} },
  gates,
});

/** A data folder, a model host and the environment of a person who has connected it. */
async function person(ms: number) {
  const home = scratch("steer");
  const model = await countingProvider(ms);
  onTestFinished(() => model.close());
  writeFileSync(join(home, "config.json"), JSON.stringify({ disabled: ["orrery.judge.grounded", "orrery.judge.format"] }));
  const env = cleanEnv(home, { OPENAI_API_KEY: "key", OPENAI_BASE_URL: model.url });
  const file = join(home, "team.json");
  return {
    env,
    model,
    run: (gates: object[]) => {
      writeFileSync(file, JSON.stringify(team(gates)));
      return ["run", "Say hello", "--team", file, "--model", "openai/gpt-4o", "--budget", "1", "--json"];
    },
    orrery: (...args: string[]) => orrery(args, env),
  };
}
const runIn = async (env: NodeJS.ProcessEnv): Promise<string> => {
  for (;;) {
    const { runs } = json<{ runs: { run: string }[] }>(await orrery(["runs", "--json"], env));
    if (runs[0]) return runs[0].run;
  }
};

describe("steering from the command line", () => {
  // Each starts the command several times over.
  const patient = 180_000;

  it(
    "waits at a gate without a person there, shows it in the inbox, and goes on where it stood once it is approved",
    async () => {
      const { run, orrery: at, model, env } = await person(5);
      const began = await orrery(run([{ id: "publish", before: "c", ask: "May c publish?" }]), env);
      expect(began.code).toBe(2);
      const { runId, status, reasons } = json<RunReport>(began);
      expect({ status, reasons }).toEqual({ status: "waiting", reasons: ["publish: May c publish?"] });
      expect(model.asked).toHaveLength(2);

      const inbox = await at("inbox", "--json");
      expect(json<{ waiting: WaitingItem[] }>(inbox).waiting).toMatchObject([{ run: runId, gate: "publish", ask: "May c publish?", agent: "c" }]);
      expect((await at("inbox")).stdout).toContain(`orrery run approve ${runId} publish`);

      const approved = await at("run", "approve", runId, "publish", "--note", "fine", "--json");
      expect(approved.code).toBe(0);
      expect(json<RunReport>(approved)).toMatchObject({ runId, status: "accepted" });
      expect(model.asked).toHaveLength(3);
      expect(json<{ ok: boolean }>(await at("verify", runId, "--json")).ok).toBe(true);
      expect(json<{ waiting: unknown[] }>(await at("inbox", "--json")).waiting).toEqual([]);
      expect(json<{ error: { code: string } }>(await at("run", "redirect", runId, "more", "--json")).error.code).toBe("RUN_OVER");
    },
    patient,
  );

  it(
    "carries on a run whose process was killed, calling only what was not done",
    async () => {
      const { run, orrery: at, model, env } = await person(400);
      const child = start(run([]), env);
      await model.until(2);
      child.kill("SIGKILL");
      await child.done;
      const runId = await runIn(env);
      expect(json<RunReport>(await at("run", "show", runId, "--json")).status).toBe("interrupted");
      const resumed = await at("resume", runId, "--json");
      expect(resumed.code).toBe(0);
      expect(json<RunReport>(resumed)).toMatchObject({ runId, status: "accepted" });
      // a once, b twice (it was under way), c once.
      expect(model.asked).toHaveLength(4);
      expect(new Set(model.asked).size).toBe(3);
      expect(json<{ runs: unknown[] }>(await at("resume", "--all", "--json")).runs).toEqual([]);
    },
    patient,
  );

  it(
    "goes through the server that has the run: pause, redirect, resume; and a server that was killed carries on when it starts again",
    async () => {
      const { run, orrery: at, model, env } = await person(120_000);
      const served = async () => {
        const server = start(["serve", "--port", "0", "--json"], env);
        const { origin, token } = await new Promise<{ origin: string; token: string }>((resolve) => {
          let text = "";
          server.stdout?.on("data", (data: string) => {
            text += data;
            if (text.trimEnd().endsWith("}")) resolve(JSON.parse(text));
          });
        });
        return { server, origin, headers: { authorization: `Bearer ${token}`, "content-type": "application/json" } };
      };
      run([]);
      const first = await served();
      const submitted = await fetch(`${first.origin}/api/runs`, {
        method: "POST",
        headers: first.headers,
        body: JSON.stringify({ task: "Say hello", team: team(), model: "openai/gpt-4o", budget: 1 }),
      });
      const { runId } = (await submitted.json()) as { runId: string };
      await model.until(1);
      expect(json<RunReport>(await at("run", "pause", runId, "--json")).status).toBe("paused");
      expect((await at("run", "redirect", runId, "Only the costs.")).code).toBe(0);
      first.server.kill("SIGKILL");
      await first.server.done;

      // Paused is paused, also after a crash; and it is the server's to go on with.
      const second = await served();
      expect(json<RunReport>(await at("run", "show", runId, "--json")).status).toBe("paused");
      expect((await at("run", "resume", runId)).stdout).toContain("in the server");
      await model.until(2);
      second.server.kill("SIGKILL");
      await second.server.done;
      model.ms = 5;
      const third = await served();
      const ended = async (): Promise<RunReport> => {
        const report = (await (await fetch(`${third.origin}/api/runs/${runId}`, { headers: third.headers })).json()) as RunReport;
        return report.status === "running" || report.status === "interrupted" ? ended() : report;
      };
      expect(await ended()).toMatchObject({ status: "accepted" });
      const { events } = (await (
        await fetch(`${third.origin}/api/runs/${runId}/events`, { headers: { ...third.headers, accept: "application/json" } })
      ).json()) as { events: { type: string; data: { feedback?: string[] } }[] };
      expect(events.filter(({ type }) => type === "step.started").at(-1)?.data.feedback).toEqual(["Only the costs."]);
      expect(events.filter(({ type }) => type === "step.finished")).toHaveLength(3);
      third.server.kill("SIGTERM");
      await third.server.done;
    },
    patient,
  );

  it(
    "forks a run at a step: what was before it costs nothing",
    async () => {
      const { run, orrery: at, model, env } = await person(5);
      const first = json<RunReport>(await orrery(run([]), env));
      expect(first).toMatchObject({ status: "accepted" });
      const { runId } = first;
      const forked = await at("run", "fork", runId, "--at", "r0/c", "--task", "Say goodbye", "--json");
      expect(json<RunReport>(forked)).toMatchObject({ status: "accepted", task: "Say goodbye", cost: { calls: 1 } });
      expect(model.asked).toHaveLength(4);
    },
    patient,
  );
});
