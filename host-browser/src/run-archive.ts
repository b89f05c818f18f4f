import { Journal, type Kept, type KeptRuns, type Retention, type RunSummary, Storage, Workspace } from "@orrery/sdk";
import { type Archive, exportRun, importRun, pruneRuns, runBytes, verifyRun } from "@orrery/sdk/archive";
import type { Booted } from "./boot.ts";
import { keptRuns, keepRuns } from "./kept-runs.ts";
import type { RunFiles } from "./run-files.ts";

/** Runs as a whole: in and out as files, how much room they take, and which of them go. */
export class RunArchive {
  readonly #booted: Booted;
  readonly #files: RunFiles;

  constructor(booted: Booted, files: RunFiles) {
    this.#booted = booted;
    this.#files = files;
  }

  export(run: string): Promise<string> {
    return exportRun(this.#parts(), run);
  }

  verify(run: string) {
    return verifyRun(this.#parts(), run);
  }

  async import(file: string, signer?: string) {
    const imported = await importRun(this.#parts(), file, signer);
    this.#booted.tabs.tell("runs");
    return imported;
  }

  /** One tab after the other: what one takes out is not sought by the next. */
  prune(retention: Retention): Promise<RunSummary[]> {
    const { tabs } = this.#booted;
    return tabs.alone("retention", async () => {
      const gone = await pruneRuns(this.#parts(), retention, Date.now(), (runs) => this.#files.forget(runs));
      if (gone.length > 0 && !retention.dryRun) tabs.tell("runs");
      return gone;
    });
  }

  async kept(): Promise<Kept> {
    const parts = this.#parts();
    const runs = [];
    for (const each of await parts.journal.runs({ limit: 1_000_000 })) runs.push({ ...each, bytes: await runBytes(parts, each) });
    return { retention: await keptRuns(this.#booted.state), runs };
  }

  async keep(retention: KeptRuns): Promise<void> {
    await keepRuns(this.#booted.state, retention);
    await this.prune(retention);
    this.#booted.tabs.tell("retention");
  }

  #parts(): Archive {
    const { kernel, state } = this.#booted;
    const keyNamed = async (fingerprint: string) => {
      const found = await state.packages.filter(({ installed }) => installed.signer === fingerprint).first();
      return found && `the key of the installed plugin ${found.id}`;
    };
    const [journal, storage] = [kernel.service(Journal), kernel.service(Storage)];
    if (!journal || !storage) throw new TypeError("the tab has no journal");
    return { journal, storage, workspace: kernel.service(Workspace), documentBytes: (run) => this.#files.bytesOf(run), keyNamed };
  }
}
