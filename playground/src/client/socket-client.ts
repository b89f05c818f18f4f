import type { KernelClient, WatchMessage, WorkspaceFile } from "@orrery/sdk";
import { ClientError } from "@orrery/host-browser/client-error";

type Reply = { id: number; result: unknown } | { id: number; error: { code: string; message: string; do?: string } } | { watch: number; message: WatchMessage };
interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const retryMs = [250, 500, 1_000, 2_000, 5_000];

/** Talks to a Node host: calls and watches over one WebSocket, opened again when it breaks; watches go on where they were. */
export class SocketConnection {
  readonly #url: string;
  readonly #token: string;
  readonly #waiting = new Map<number, Waiting>();
  readonly #watches = new Map<number, (message: WatchMessage) => void>();
  readonly #onState: (online: boolean) => void;
  #socket: Promise<WebSocket> | undefined;
  #next = 1;
  #failures = 0;

  constructor(url: string, token: string, onState: (online: boolean) => void) {
    this.#url = url;
    this.#token = token;
    this.#onState = onState;
  }

  async call<T>(method: string, ...params: unknown[]): Promise<T> {
    const socket = await this.#open();
    const id = this.#next++;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      socket.send(JSON.stringify({ id, method, params }));
    });
  }

  async watch(runId: string, from: number, listener: (message: WatchMessage) => void): Promise<() => void> {
    let next = from;
    let ended = false;
    let watch: number | undefined;
    const begin = async (): Promise<void> => {
      const answer = await this.call<{ watch: number }>("watch", runId, next);
      watch = answer.watch;
      this.#watches.set(watch, (message) => {
        if (message.kind === "event") next = message.event.idx + 1;
        if (message.kind === "end") ended = true;
        listener(message);
      });
    };
    await begin();
    const again = () => {
      if (!ended) void begin().catch(() => undefined);
    };
    this.#reopened.add(again);
    return () => {
      ended = true;
      this.#reopened.delete(again);
      if (watch === undefined) return;
      this.#watches.delete(watch);
      void this.call("unwatch", watch).catch(() => undefined);
    };
  }
  readonly #reopened = new Set<() => void>();

  #open(): Promise<WebSocket> {
    return (this.#socket ??= new Promise((resolve, reject) => {
      const socket = new WebSocket(this.#url, ["orrery.v1", `token.${this.#token}`]);
      let opened = false;
      socket.onopen = () => {
        opened = true;
        const again = this.#failures > 0;
        this.#failures = 0;
        this.#onState(true);
        resolve(socket);
        if (again) for (const begin of this.#reopened) begin();
      };
      socket.onmessage = ({ data }: MessageEvent<string>) => this.#receive(JSON.parse(data) as Reply);
      socket.onclose = () => {
        const lost = new ClientError(
          "SERVER_LOST",
          opened ? "The connection to the server broke" : "The server does not answer, or refused the token",
          "Start it again (orrery serve) and open the address it prints.",
        );
        this.#socket = undefined;
        this.#watches.clear();
        for (const waiting of this.#waiting.values()) waiting.reject(lost);
        this.#waiting.clear();
        this.#onState(false);
        if (!opened) reject(lost);
        const wait = retryMs[Math.min(this.#failures, retryMs.length - 1)] ?? 5_000;
        this.#failures += 1;
        if (this.#failures < 20) setTimeout(() => void this.#open().catch(() => undefined), wait);
      };
    }));
  }

  #receive(reply: Reply): void {
    if ("watch" in reply && "message" in reply) return this.#watches.get(reply.watch)?.(reply.message);
    if (!("id" in reply)) return;
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("error" in reply) waiting?.reject(new ClientError(reply.error.code, reply.error.message, reply.error.do));
    else waiting?.resolve(reply.result);
  }
}

/** `KernelClient` over the connection: each member is the method of that name. */
export function socketClient(connection: SocketConnection): KernelClient {
  const method =
    <K extends "info" | "submit" | "forecast" | "example" | "cancel" | "runs" | "report" | "events" | "trace" | "models" | "plugins" | "explain" | "hooks">(
      name: K,
    ) =>
    (...params: unknown[]) =>
      connection.call(name, ...params) as never;
  return {
    info: method("info"),
    submit: (request) =>
      connection.call("submit", {
        ...request,
        ...(request.documents
          ? { documents: request.documents.map(({ bytes, ...document }) => (bytes ? { ...document, base64: base64(bytes) } : document)) }
          : {}),
      }),
    example: method("example"),
    cancel: method("cancel"),
    steer: (runId, steering) => connection.call("steer", runId, steering),
    waiting: () => connection.call("waiting"),
    resume: (runId) => connection.call("resume", runId),
    exportRun: (runId) => connection.call("exportRun", runId),
    verifyRun: (runId) => connection.call("verifyRun", runId),
    importRun: (file, signer) => connection.call("importRun", file, signer),
    pruneRuns: (retention) => connection.call("pruneRuns", retention),
    fork: (runId, fork) => connection.call("fork", runId, fork),
    runs: method("runs"),
    report: method("report"),
    events: method("events"),
    forecast: method("forecast"),
    trace: method("trace"),
    models: method("models"),
    plugins: method("plugins"),
    explain: method("explain"),
    hooks: method("hooks"),
    sentences: (runId, path) => connection.call("sentences", runId, path),
    files: (runId) => connection.call("files", runId),
    fileVersions: (runId, path) => connection.call("fileVersions", runId, path),
    async file(runId, path, version) {
      const { file, base64: text } = await connection.call<{ file: WorkspaceFile; base64: string }>("file", runId, path, version);
      return { file, bytes: Uint8Array.from(atob(text), (character) => character.charCodeAt(0)) };
    },
    agents: () => connection.call("agents"),
    agent: (name) => connection.call("agent", name),
    forgetAgent: (name, episode) => connection.call("forgetAgent", name, episode),
    views: (query) => connection.call("views", query),
    inspectPackage: (bytes) => connection.call("inspectPackage", base64(bytes)),
    installPackage: (bytes, consent) => connection.call("installPackage", base64(bytes), consent),
    packages: () => connection.call("packages"),
    removePackage: (id) => connection.call("removePackage", id),
    resumePackage: (id) => connection.call("resumePackage", id),
    rollbackPackage: (id) => connection.call("rollbackPackage", id),
    packageAudit: (id) => connection.call("packageAudit", id),
    setPackageBudget: (id, sums) => connection.call("setPackageBudget", id, sums),
    pluginSettings: (id) => connection.call("pluginSettings", id),
    changePluginSettings: (id, change) => connection.call("changePluginSettings", id, change),
    watch: (runId, from, listener) => connection.watch(runId, from, listener),
  };
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(binary);
}
