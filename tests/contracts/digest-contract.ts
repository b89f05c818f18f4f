import type { Journal, JournalEntry, NewEntry } from "@orrery/sdk";
import { agentRecords } from "@orrery/sdk/agents";
import { type Archive, pruneRuns } from "@orrery/sdk/archive";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

interface UnderTest {
  archive: Archive;
  close(): Promise<void>;
}
/** One thing that happens to an agent in a run. */
interface Happening {
  agent: number;
  type: "finished" | "failed" | "judged" | "denied" | "copied";
  tokens: number;
  rounds: number;
}
/** What happens in a journal: a run begins or goes on, one ends, some are taken out, or somebody looks. */
type Act = { do: "work"; run: number; happenings: Happening[] } | { do: "end"; run: number } | { do: "prune"; keep: number } | { do: "look"; limit: number };

const entry = (type: string, data: object, ts: number): NewEntry => ({ type, actor: "ada", workspace: "home", data: data as NewEntry["data"], ts });
const teams = [
  { name: "night/shift", agents: ["ada", "bob"] },
  { name: "day shift", agents: ["ada"] },
];
const agentOf = (id: string) => ({ id, role: `role of ${id}`, skill: "write", tools: id === "ada" ? ["files"] : [] });

function begun(run: string, team: (typeof teams)[number], ts: number): NewEntry[] {
  const recalled = [{ id: "e1", task: "an earlier task" }];
  const plan = { team: { name: team.name, agents: team.agents.map(agentOf) } };
  return [
    entry("run.submitted", { task: { run, thread: `t_${run}`, text: `task of ${run}` } }, ts),
    entry("memory.recalled", { recalled }, ts),
    entry("run.planned", { plan }, ts),
  ];
}

function happened({ agent, type, tokens, rounds }: Happening, nth: number, team: (typeof teams)[number], ts: number): NewEntry[] {
  const id = team.agents[agent % team.agents.length] ?? "ada";
  const at = { path: `r0/${nth}`, agent: id, attempt: 1 };
  const usage = { inputTokens: 1, outputTokens: tokens };
  const result = { model: "m", usage, ...(tokens % 2 ? { data: { usedMemory: ["e1", "gone"] } } : {}) };
  const verdicts = [
    { score: tokens / 100, decision: tokens % 3 ? "accept" : "reject" },
    { score: 0, decision: "abstain" },
  ];
  if (type === "copied") return [entry("step.finished", { ...at, result, copied: true }, ts)];
  return [
    entry("step.started", at, ts),
    entry("step.routed", { ...at, model: `model-${tokens % 2}` }, ts),
    ...Array.from({ length: rounds }, (_, i) => entry("model.answered", { ...at, round: i + 1, usage }, ts)),
    ...(type === "denied" ? [] : [entry("budget.settled", { nano: tokens, usage, model: "m", origin: { agent: id, plugin: "p", step: at.path } }, ts)]),
    ...(type === "failed" ? [entry("step.failed", { ...at, error: { code: "X", message: "x" } }, ts)] : []),
    ...(type === "finished" || type === "judged" ? [entry("step.finished", { ...at, result }, ts)] : []),
    ...(type === "judged" ? [entry("step.judged", { ...at, verdicts }, ts)] : []),
  ];
}

const happening = fc.record({
  agent: fc.nat(1),
  type: fc.constantFrom("finished", "failed", "judged", "denied", "copied" as const),
  tokens: fc.nat(100),
  rounds: fc.nat(3),
});
const run = fc.nat(3);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("work" as const), run, happenings: fc.array(happening, { maxLength: 5 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("end" as const), run }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("prune" as const), keep: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("look" as const), limit: fc.integer({ min: 1, max: 6 }) }) },
);

/** What is kept of runs beside their journals, over a host's own stores. */
export function digestContract(name: string, open: () => Promise<UnderTest>): void {
  describe(`agents' history, over ${name}`, () => {
    it("is what their journals say, whatever was kept when, and reads no journal of a run that is over twice", async () => {
      const { archive, close } = await open();
      let plays = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(act, { maxLength: 14 }), (acts) => play(archive, `home ${(plays += 1)}`, acts)),
        { numRuns: 25 },
      );
      await close();
    });

    it("is made anew where what was kept is of another version, of another head, or gone", async () => {
      const { archive, close } = await open();
      const kept = archive.storage.open("orrery.digests");
      await play(archive, "home", [
        { do: "work", run: 0, happenings: [{ agent: 0, type: "judged", tokens: 7, rounds: 2 }] },
        { do: "end", run: 0 },
      ]);
      const { journal, storage } = archive;
      const look = () => agentRecords({ journal, storage, memory: undefined }, { workspace: "home" });
      const [whole] = await look();
      expect(whole).toMatchObject({ name: "night/shift/ada", runs: [{ steps: 1, model: "model-1", memories: ["an earlier task", "gone"] }] });
      const [row] = await kept.list("");
      if (!row) throw new Error("nothing was kept");
      for (const spoilt of [{ ...(row.value as object), version: 0 }, { ...(row.value as object), head: "0" }, {}]) {
        await kept.set(row.key, spoilt);
        expect(await look()).toMatchObject([whole, {}]);
        expect(await kept.list("")).toEqual([row]);
      }
      await kept.delete(row.key);
      expect(await look()).toMatchObject([whole, {}]);
      await pruneRuns(archive, { keep: 0 }, 1_000, async () => {});
      expect([await look(), await kept.list("")]).toEqual([[], []]);
      await close();
    });
  });
}

async function play(archive: Archive, workspace: string, acts: readonly Act[]): Promise<void> {
  const { journal, storage } = archive;
  const over = new Set<string>();
  const read: string[] = [];
  const watched: Pick<Journal, "runs" | "read"> = {
    runs: (query) => journal.runs(query),
    read: (id): Promise<JournalEntry[]> => {
      if (over.has(id)) read.push(id);
      return journal.read(id);
    },
  };
  const open = new Map<number, { id: string; epoch: number; next: number }>();
  let clock = 0;
  const write = async (n: number, entries: NewEntry[]): Promise<void> => {
    const state = open.get(n);
    if (!state || entries.length === 0) return;
    await journal.append({ run: state.id, epoch: state.epoch, expect: state.next, entries: entries.map((each) => ({ ...each, workspace })) });
    state.next += entries.length;
  };
  const look = async (limit: number): Promise<void> => {
    const query = { workspace, limit };
    const kept = await agentRecords({ journal: watched, storage, memory: undefined }, query);
    expect(kept).toEqual(await agentRecords({ journal, storage: undefined, memory: undefined }, query));
  };
  for (const each of acts) {
    clock += 1;
    if (each.do === "look") await look(each.limit);
    else if (each.do === "prune") await pruneRuns(archive, { keep: each.keep }, clock, async () => {});
    else {
      const team = teams[each.run % teams.length] ?? { name: "", agents: [] };
      if (each.do === "work") {
        if (!open.has(each.run)) {
          const id = `run_${workspace}_${String(clock).padStart(4, "0")}`;
          open.set(each.run, { id, epoch: await journal.lease(id), next: 0 });
          await write(each.run, begun(id, team, clock));
        }
        await write(
          each.run,
          each.happenings.flatMap((happening, i) => happened(happening, clock * 100 + i, team, clock)),
        );
      } else if (open.has(each.run)) {
        await write(each.run, [entry("run.finished", { status: "accepted", output: "" }, clock)]);
        over.add(open.get(each.run)?.id ?? "");
        open.delete(each.run);
      }
    }
  }
  await look(10);
  await look(10);
  expect(read).toEqual([...new Set(read)]);
}
