import type { KernelClient, WatchMessage } from "@orrery/sdk";
import { proxy, transfer, wrap } from "comlink";
import { ClientError } from "./client-error.ts";
import { originOf } from "./egress/hosts.ts";
import type { GuestLine } from "./sandbox/guests.ts";
import type { Shared } from "./tabs.ts";
import type { Answer, TabKernel } from "./worker.ts";

type Whole = { [K in keyof KernelClient]-?: NonNullable<KernelClient[K]> };
export interface TabClient extends Whole {
  /** What edited plugins log, and what happened to them. */
  onGuestLine(listener: (line: GuestLine) => void): () => void;
  /** Hook calls in the last quarter second, told whenever there were any. */
  watchPulse(listener: (calls: number) => void): Promise<() => void>;
  /** What tabs share and was changed, here or in another tab: it should be asked for anew. */
  onShared(listener: (what: Shared) => void): () => void;
}

/** Starts the kernel in a worker of this tab and resolves once it takes runs. `base` is the address of the page's folder. */
export async function startTab(base: string): Promise<TabClient> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "orrery kernel" });
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener(
      "error",
      (event) =>
        reject(new ClientError("KERNEL_WORKER", `The kernel's worker did not start: ${event.message || "its script could not be loaded"}`, "Reload the page.")),
      { once: true },
    );
  });
  const kernel = wrap<TabKernel>(worker);
  await Promise.race([kernel.start(base), broken]);
  const listeners = new Set<(line: GuestLine) => void>();
  const tell = (line: GuestLine): void => listeners.forEach((listener) => listener(line));

  const unwrapped = <T>(answer: Answer<T>): T => {
    if (answer.ok) return answer.value;
    throw new ClientError(answer.error.code, answer.error.message, answer.error.todo);
  };
  const call = async <T>(method: string, ...params: unknown[]): Promise<T> => unwrapped((await kernel.call(method, params)) as Answer<T>);
  let opened: Promise<void> | undefined;
  /** Once: what the sandbox is made of is loaded when it is first needed. */
  const openSandbox = async () => {
    const { openFrames } = await import("./sandbox/page.ts");
    const port = openFrames(base);
    await kernel.openSandbox(transfer(port, [port]));
  };
  const sandbox = () =>
    (opened ??= openSandbox().catch((thrown: unknown) => {
      opened = undefined;
      throw thrown;
    }));
  let frame: { close(): void } | undefined;
  let reached: string[] = [];
  let reaching: Promise<unknown> = Promise.resolve();
  /** One change of the way out after the other. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = reaching.then(work);
    reaching = done.catch(() => undefined);
    return done;
  };
  /** A frame's policy is fixed: other origins are another frame. The one before stays while something is under way in it, unless an origin was taken back. */
  const openEgress = async (wanted: string[]) => {
    const origins = [...new Set(wanted)].sort();
    if (origins.join() === reached.join()) return false;
    const cut = reached.some((origin) => !origins.includes(origin));
    const before = frame;
    if (cut) before?.close();
    frame = undefined;
    reached = origins;
    const opened = origins.length === 0 ? undefined : await import("./egress/frame.ts").then(({ openEgressFrame }) => openEgressFrame(base, origins));
    frame = opened;
    await (opened ? kernel.openEgress(transfer(opened.port, [opened.port]), cut) : kernel.openEgress(undefined, cut));
    if (before && !cut) void kernel.egressLeft().then(() => before.close());
    return true;
  };
  /** Started once there are any. Not waited for: a run waits for them, the page does not. */
  let starting: Promise<void> | undefined;
  const startPackages = async () => {
    if (!opened && (await call<number>("packageCount")) > 0) starting = sandbox().catch(() => undefined);
  };
  const reach = async () => openEgress(await call("origins"));
  const sharers = new Set<(what: Shared) => void>();
  const take = async (what: Shared) => {
    if (what === "packages") await startPackages();
    if (what === "connections" && (await inTurn(reach))) await call("askModelsAnew");
    sharers.forEach((listener) => listener(what));
  };
  await kernel.watchShared(proxy((what: Shared) => void take(what)));
  await Promise.all([inTurn(reach), startPackages()]);
  const wake = () => void (document.hidden || kernel.wake());
  document.addEventListener("visibilitychange", wake);
  // A page that was frozen or kept for the way back, and a window beside another that always was visible.
  for (const event of ["focus", "pageshow"]) addEventListener(event, wake);

  let asked = false;
  // What a person made here should not go when the browser tidies up: asked for once. It may say no; under Observe → What is kept it says which.
  const keep = () => {
    if (!asked) void navigator.storage?.persist?.().catch(() => false);
    asked = true;
  };
  const stopper = async (stop: Promise<unknown>): Promise<() => void> => {
    const remote = (await stop) as () => Promise<void>;
    return () => void remote();
  };
  return {
    info: () => call("info"),
    async submit(request) {
      keep();
      await starting;
      return call("submit", request);
    },
    forecast: (request) => call("forecast", request),
    async example() {
      await starting;
      return call("example");
    },
    cancel: (runId) => call("cancel", runId),
    steer: (runId, steering) => call("steer", runId, steering),
    waiting: () => call("waiting"),
    resume: (runId) => call("resume", runId),
    exportRun: (runId) => call("exportRun", runId),
    verifyRun: (runId) => call("verifyRun", runId),
    importRun: (file, signer) => call("importRun", file, signer),
    pruneRuns: (retention) => call("pruneRuns", retention),
    kept: () => call("kept"),
    keepRuns: (retention) => call("keepRuns", retention),
    fork: (runId, fork) => call("fork", runId, fork),
    runs: (query) => call("runs", query),
    report: (runId) => call("report", runId),
    events: (runId, from) => call("events", runId, from),
    trace: (runId) => call("trace", runId),
    models: () => call("models"),
    plugins: () => call("plugins"),
    explain: (hook) => call("explain", hook),
    hooks: () => call("hooks"),
    sentences: (runId, path) => call("sentences", runId, path),
    files: (runId) => call("files", runId),
    fileVersions: (runId, path) => call("fileVersions", runId, path),
    file: (runId, path, version) => call("file", runId, path, version),
    agents: () => call("agents"),
    agent: (name) => call("agent", name),
    forgetAgent: (name, episode) => call("forgetAgent", name, episode),
    views: (query) => call("views", query),
    connect: (connection) =>
      inTurn(async () => {
        const origin = originOf(connection.provider, connection.baseUrl);
        await openEgress([...(await call<string[]>("origins")), ...(origin ? [origin] : [])]);
        return call("connect", connection);
      }),
    async disconnect(provider) {
      await call("disconnect", provider);
      await inTurn(reach);
    },
    watch: (runId, from, listener) =>
      stopper(
        kernel.watch(
          runId,
          from,
          proxy((message: WatchMessage) => listener(message)),
        ),
      ),
    async loadSource(source) {
      const [{ compilePlugin }] = await Promise.all([import("./sandbox/compile.ts"), sandbox()]);
      return unwrapped(await kernel.loadSource(await compilePlugin(source), proxy(tell)));
    },
    unload: (id) => kernel.unload(id),
    async inspectPackage(bytes) {
      await sandbox();
      return call("inspectPackage", bytes);
    },
    async installPackage(bytes, consent) {
      keep();
      await sandbox();
      return call("installPackage", bytes, consent);
    },
    async packages() {
      await starting;
      return call("packages");
    },
    removePackage: (id) => call("removePackage", id),
    resumePackage: (id) => call("resumePackage", id),
    rollbackPackage: (id) => call("rollbackPackage", id),
    packageAudit: (id) => call("packageAudit", id),
    setPackageBudget: (id, sums) => call("setPackageBudget", id, sums),
    async pluginSettings(id) {
      await starting;
      return call("pluginSettings", id);
    },
    async changePluginSettings(id, change) {
      keep();
      await starting;
      return call("changePluginSettings", id, change);
    },
    watchPlugin: (id, listener) => stopper(kernel.watchCalls(id, proxy(listener))),
    onGuestLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onShared(listener) {
      sharers.add(listener);
      return () => sharers.delete(listener);
    },
    watchPulse: (listener) => stopper(kernel.watchPulse(proxy(listener))),
  };
}
