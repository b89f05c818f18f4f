import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openJournalDatabase } from "../../host-node/src/plugins/journal/database.ts";
import { SqliteJournal } from "../../host-node/src/plugins/journal/sqlite-journal.ts";
import { cleanEnv } from "../node/support.ts";
import { type CountingProvider, countingProvider } from "./counting-provider.ts";
import { wantsTools } from "./tool-loop.ts";

interface Told {
  runId: string;
  task: string;
  status: string;
  output: string;
  error?: { code: string; message: string };
}
/** What `verifyRun` says of a run. */
interface Checked {
  run: string;
  ok: boolean;
  held: number;
  unheld: unknown[];
}
export interface Life {
  /** Undefined when it was killed. */
  ended: { reports: Told[]; verified: Checked[] } | undefined;
  stderr: string;
}
/** What a story of kills came to: everything a test asserts of it. */
export interface Story {
  kills: number;
  reports: Told[];
  /** Questions that were asked again although their answer was in the journal when the process before was killed. */
  askedAgain: string[];
  /** Questions that were asked more often than once and once a kill. */
  tooOften: string[];
  repeats: number;
  /** The most questions of the run with tools that were asked again in one life of the process. */
  loopRepeats: number;
  verified: Checked[];
  chains: { run: string; ok: boolean; events: number }[];
  /** Steps whose result is in a journal twice. */
  twice: string[];
}

const script = fileURLToPath(new URL("./run-process.ts", import.meta.url));

/** Runs the process until it has ended or, at a random moment, is killed. */
function liveOnce(home: string, provider: CountingProvider, killAfter: { requests: number; ms: number } | undefined): Promise<Life> {
  const child = spawn(process.execPath, [script], {
    env: cleanEnv(home, { OPENAI_API_KEY: "key", OPENAI_BASE_URL: provider.url }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  if (killAfter) void provider.until(provider.asked.length + killAfter.requests).then(() => setTimeout(() => child.kill("SIGKILL"), killAfter.ms));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => {
      const last = stdout.trim().split("\n").at(-1) ?? "";
      resolve({ ended: last.startsWith('{"reports"') ? (JSON.parse(last) as NonNullable<Life["ended"]>) : undefined, stderr });
    });
  });
}

/** Answers that are in the journal as results of steps, by run and step, or as calls of tools. */
async function journalled(home: string): Promise<{ journal: SqliteJournal; close(): void; answers: { step: string; answer: string }[]; runs: string[] }> {
  const db = openJournalDatabase(join(home, "journal.db"));
  const journal = new SqliteJournal(db);
  const runs = (await journal.runs({ limit: 1_000 })).map(({ run }) => run);
  const answers = [];
  for (const run of runs)
    for (const { type, data } of await journal.read(run)) {
      if (type === "model.answered") {
        const { path, attempt, round, toolCalls } = data as unknown as { path: string; attempt: number; round: number; toolCalls: { id: string }[] };
        answers.push({ step: `${run}:${path}#${attempt} round ${round}`, answer: toolCalls[0]?.id ?? "" });
      }
      if (type !== "step.finished") continue;
      const { path, attempt, result } = data as unknown as { path: string; attempt: number; result: { text: string } };
      answers.push({ step: `${run}:${path}#${attempt}`, answer: result.text });
    }
  return {
    journal,
    answers,
    runs,
    close() {
      journal.close();
      db.close();
    },
  };
}

/** Kills the process at random moments up to `kills` times, then lets it end. `random` gives 0–1. */
export async function story(kills: number, random: () => number): Promise<Story> {
  const home = mkdtempSync(join(tmpdir(), "orrery-kill-"));
  const ofLoop = new Set<string>();
  const provider = await countingProvider(25, wantsTools(ofLoop));
  try {
    writeFileSync(join(home, "config.json"), JSON.stringify({ spending: { capUsd: 1_000, dayCapUsd: 10_000 } }));
    const settled = new Set<string>();
    const askedAgain: string[] = [];
    let [killed, loopRepeats] = [0, 0];
    for (;;) {
      const before = provider.asked.length;
      const kill = killed < kills ? { requests: 1 + Math.floor(random() * 4), ms: Math.floor(random() * 60) } : undefined;
      const { ended, stderr } = await liveOnce(home, provider, kill);
      const known = new Set(provider.asked.slice(0, before));
      loopRepeats = Math.max(loopRepeats, provider.asked.slice(before).filter((answer) => ofLoop.has(answer) && known.has(answer)).length);
      askedAgain.push(...provider.asked.slice(before).filter((answer) => settled.has(answer)));
      const now = await journalled(home);
      try {
        for (const { answer } of now.answers) settled.add(answer);
        if (!ended) {
          if (!kill) throw new Error(`the process ended by itself: ${stderr}`);
          killed += 1;
          continue;
        }
        const counts = new Map<string, number>();
        for (const answer of provider.asked) counts.set(answer, (counts.get(answer) ?? 0) + 1);
        const steps = now.answers.map(({ step }) => step);
        const chains = [];
        for (const run of now.runs) chains.push({ run, ...(await now.journal.verify(run)) });
        return {
          kills: killed,
          ...ended,
          loopRepeats,
          askedAgain,
          tooOften: [...counts].flatMap(([answer, count]) => (count > 1 + killed ? [answer] : [])),
          repeats: provider.asked.length - counts.size,
          chains,
          twice: steps.filter((step, i) => steps.indexOf(step) !== i),
        };
      } finally {
        now.close();
      }
    }
  } finally {
    await provider.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
}
