import type { PluginReport } from "@orrery/kernel";
import { proxy, type Remote, transfer } from "comlink";
import guestUrl from "./bridge/guest.ts?worker&url";
import { ClientError } from "./client-error.ts";
import type { TabKernel } from "./worker.ts";

export interface GuestMessage {
  level: "debug" | "info" | "warn" | "error";
  message: string;
  at: number;
}

const signOfLifeMs = 500;

/**
 * Edited plugins, each in a worker of its own. They are started by the page, from blobs, so that they live under the page's policy
 * whether or not the host can set headers; a worker that gives no sign of life is ended.
 */
export class Guests {
  readonly #kernel: Remote<TabKernel>;
  readonly #workers = new Map<string, Worker>();
  readonly #listeners = new Set<(line: GuestMessage) => void>();

  constructor(kernel: Remote<TabKernel>) {
    this.#kernel = kernel;
  }

  /** Throws SOURCE_INVALID, IMPORT_UNKNOWN, GUEST_SILENT or what the kernel refuses the plugin for; the one of the same id stays then. */
  async load(source: string): Promise<PluginReport> {
    const { compilePlugin, shimUrl } = await import("./bridge/compile.ts");
    const sdk = shimUrl();
    const code = URL.createObjectURL(new Blob([await compilePlugin(source, sdk)], { type: "text/javascript" }));
    const start = URL.createObjectURL(new Blob([`import ${JSON.stringify(new URL(guestUrl, document.baseURI).href)};`], { type: "text/javascript" }));
    const worker = new Worker(start, { type: "module", name: "edited plugin" });
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ source: code }, [port1]);
    let id: string | undefined;
    try {
      const answer = await this.#kernel.attach(
        transfer(port2, [port2]),
        proxy((line: GuestMessage) => this.#tell(line)),
        proxy(() => void this.#askForLife(worker, () => id)),
      );
      if (!answer.ok) throw new ClientError(answer.error.code, answer.error.message, answer.error.todo);
      id = answer.value.id;
      this.#workers.get(id)?.terminate();
      this.#workers.set(id, worker);
      return answer.value;
    } catch (thrown) {
      worker.terminate();
      throw thrown;
    } finally {
      for (const url of [sdk, code, start]) URL.revokeObjectURL(url);
    }
  }

  async unload(id: string): Promise<void> {
    await this.#kernel.unload(id);
    this.#workers.get(id)?.terminate();
    this.#workers.delete(id);
  }

  onLine(listener: (line: GuestMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(line: GuestMessage): void {
    for (const listener of this.#listeners) listener(line);
  }

  async #askForLife(worker: Worker, id: () => string | undefined): Promise<void> {
    const alive = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), signOfLifeMs);
      worker.addEventListener(
        "message",
        () => {
          clearTimeout(timer);
          resolve(true);
        },
        { once: true },
      );
      worker.postMessage("ping");
    });
    if (alive) return;
    worker.terminate();
    const name = id();
    this.#tell({
      level: "error",
      message: `${name ?? "The plugin"} was stopped: its worker gave no sign of life for ${signOfLifeMs} ms (an endless loop?).`,
      at: Date.now(),
    });
    if (name && this.#workers.get(name) === worker) {
      this.#workers.delete(name);
      await this.#kernel.unload(name);
    }
  }
}
