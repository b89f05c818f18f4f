import { Journal, Runner, sha256, Storage, Workspace } from "@orrery/sdk";
import { verifyRun } from "@orrery/sdk/archive";
import { createTestHost } from "@orrery/sdk/testing";
import { expect, it, onTestFinished } from "vitest";
import { scripted, teamOf } from "../../tests/support/tiny-team.ts";
import files from "../tools/files/index.ts";
import policy from "../tools/policy/index.ts";
import sequential from "../topologies/sequential/index.ts";
import workspacePlugin from "../workspace/index.ts";
import runner from "./index.ts";

/** Every agent writes its own name into one file, over what was there. */
const writing = scripted(({ origin: { agent }, messages }) =>
  messages.at(-1)?.role === "tool" ? `${agent} wrote` : { toolCalls: [{ id: agent, tool: "files.write", input: { path: "log.md", content: agent } }] },
);

it("a fork begins with the files as they were at its step, and writes its own from there", async () => {
  const host = await createTestHost({ plugins: [runner, sequential, policy, files, workspacePlugin, writing] });
  onTestFinished(() => host.close());
  const team = teamOf("a", "b", "c");
  const { runId } = await host.run("Write", { team: { ...team, agents: team.agents.map((agent) => ({ ...agent, tools: ["files"] })) } });
  const [workspace, service] = [host.kernel.service(Workspace), host.kernel.service(Runner)];
  if (!workspace || !service) throw new Error("nothing to fork with");
  const versions = async (run: string) => (await workspace.versions(run, "log.md")).map(({ version, from }) => `${version} ${from}`);
  expect(await versions(runId)).toEqual(["1 r0/a", "2 r0/b", "3 r0/c"]);

  const fork = await service.fork(runId, { at: "r0/b", task: "Write again" }, { actor: "bob" });
  const report = await service.wait(fork.runId);
  expect(report.artifacts).toContainEqual({ name: "log.md", mediaType: "text/markdown", bytes: 1, version: 3, sha256: await sha256("c") });
  expect(await versions(fork.runId)).toEqual(["1 r0/a", "2 r0/b", "3 r0/c"]);
  const made = host.journal().filter(({ run, type, data }) => run === fork.runId && type === "artifact.made" && (data as { version?: number }).version);
  expect(made.map(({ data }) => (data as { from: string }).from)).toEqual(["r0/a", "r0/b", "r0/c"]);
  const archive = { journal: host.kernel.service(Journal) as Journal, workspace, storage: host.kernel.service(Storage) as Storage };
  expect(await verifyRun(archive, fork.runId)).toMatchObject({ ok: true, held: 3, unheld: [] });

  const whole = await service.fork(runId, {}, { actor: "bob" });
  await service.wait(whole.runId);
  expect(await versions(whole.runId)).toEqual(["1 r0/a", "2 r0/b", "3 r0/c"]);
  expect(await versions(runId)).toHaveLength(3);
});
