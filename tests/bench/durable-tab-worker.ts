// The kernel's worker of durable-tab.bench.ts: chains of steps with the journal in IndexedDB, each commit strict. It says what it measured.
import { JournalDatabase } from "../../host-browser/src/database.ts";
import { DexieJournal } from "../../host-browser/src/journal/dexie-journal.ts";
import { RunLocks } from "../../host-browser/src/journal/run-locks.ts";
import { benchHost, median, type Shape } from "./bench-host.ts";

const shapes: Shape[] = [10, 100].map((size) => ({ kind: "chain", size }));
const rounds = 5;

async function measure(): Promise<{ steps: number[]; commit: number }> {
  const database = new JournalDatabase("bench");
  const host = await benchHost(shapes, { journal: new DexieJournal(database, new RunLocks()) });
  const steps: number[] = [];
  for (const shape of shapes) {
    const times: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const began = performance.now();
      await host.run(shape);
      if (round > 0) times.push((performance.now() - began) / shape.size);
    }
    steps.push(median(times));
  }
  const commits: number[] = [];
  for (let i = 0; i < 100; i += 1) {
    const began = performance.now();
    await database.runs.put({
      run: "floor",
      thread: "",
      task: "",
      workspace: "",
      status: "",
      paused: false,
      gates: 0,
      startedAt: i,
      events: 0,
      bytes: 0,
      head: "",
      epoch: 0,
    });
    commits.push(performance.now() - began);
  }
  await host.close();
  database.close();
  return { steps, commit: median(commits) };
}

self.onmessage = async () => self.postMessage(await measure());
