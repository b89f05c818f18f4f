import { type ImportedRun, Journal, type Retention, type RunSummary, Storage, Workspace } from "@orrery/sdk";
import type { Archive, RunVerified } from "@orrery/sdk/archive";
import type { Host } from "../boot.ts";
import type { RunFiles } from "../documents/run-files.ts";

const archive = () => import("@orrery/sdk/archive");

/** Runs as a whole: in and out as files, verified, and which of them go. */
export class RunArchive {
  readonly #host: Host;
  readonly #files: RunFiles;

  constructor(host: Host, files: RunFiles) {
    this.#host = host;
    this.#files = files;
  }

  async export(run: string): Promise<string> {
    return (await archive()).exportRun(this.#parts(), run);
  }

  async verify(run: string): Promise<RunVerified> {
    return (await archive()).verifyRun(this.#parts(), run);
  }

  async import(file: string, signer?: string): Promise<ImportedRun> {
    return (await archive()).importRun(this.#parts(), file, signer);
  }

  /** The room of those that are gone goes back to the disk, where that takes little. */
  async prune(retention: Retention): Promise<RunSummary[]> {
    const { pruneRuns } = await archive();
    const gone = await pruneRuns(this.#parts(), retention, Date.now(), (runs) => this.#files.forget(runs));
    if (gone.length === 0 || retention.dryRun) return gone;
    const { giveBack } = await import("../plugins/give-back.ts");
    const { journal, store } = this.#host.home;
    for (const file of [journal, store]) giveBack(file);
    return gone;
  }

  #parts(): Archive {
    return {
      journal: this.#host.need(Journal),
      workspace: this.#host.kernel.service(Workspace),
      storage: this.#host.need(Storage),
      documentBytes: (run) => this.#files.bytesOf(run),
      keyNamed: async (fingerprint) => (await import("../packages/known-keys.ts")).keyNamed(this.#host.home, fingerprint),
    };
  }
}
