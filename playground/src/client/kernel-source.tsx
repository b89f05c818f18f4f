import type { TabClient } from "@orrery/host-browser";
import type { KernelClient } from "@orrery/sdk";
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from "react";
import { SocketConnection, socketClient } from "./socket-client.ts";

export type Where = "tab" | "node";
interface Source {
  where: Where;
  client: KernelClient;
  /** False while the server does not answer. */
  reachable: boolean;
  /** Both kernels can be chosen when a server gave this page a token. */
  choices: readonly Where[];
  choose(where: Where): void;
  /** This tab's own kernel, started on first use: plugins are edited there whichever kernel runs the tasks. */
  tab(): Promise<TabClient>;
}
const Context = createContext<Source | undefined>(undefined);

/** Address of the folder the page is served from. */
export const base = new URL("./", document.baseURI.replace(/#.*$/, "")).href;

let tab: Promise<TabClient> | undefined;
/** One kernel a tab, for as long as the tab lives. */
const startTabOnce = (): Promise<TabClient> =>
  (tab ??= import("@orrery/host-browser")
    .then(({ startTab }) => startTab(base))
    .catch((thrown) => {
      tab = undefined;
      throw thrown;
    }));

/** Every member waits for the tab's kernel, so the page can be drawn before it is there. */
function lateTabClient(): KernelClient {
  const late =
    <K extends keyof TabClient>(name: K) =>
    async (...params: unknown[]) => {
      const client = await startTabOnce();
      return (client[name] as (...params: unknown[]) => unknown)(...params) as never;
    };
  return {
    info: late("info"),
    submit: late("submit"),
    forecast: late("forecast"),
    example: late("example"),
    cancel: late("cancel"),
    steer: late("steer"),
    waiting: late("waiting"),
    resume: late("resume"),
    exportRun: late("exportRun"),
    verifyRun: late("verifyRun"),
    importRun: late("importRun"),
    pruneRuns: late("pruneRuns"),
    kept: late("kept"),
    keepRuns: late("keepRuns"),
    fork: late("fork"),
    runs: late("runs"),
    report: late("report"),
    events: late("events"),
    trace: late("trace"),
    models: late("models"),
    plugins: late("plugins"),
    explain: late("explain"),
    hooks: late("hooks"),
    sentences: late("sentences"),
    files: late("files"),
    fileVersions: late("fileVersions"),
    file: late("file"),
    agents: late("agents"),
    agent: late("agent"),
    forgetAgent: late("forgetAgent"),
    views: late("views"),
    inspectPackage: late("inspectPackage"),
    installPackage: late("installPackage"),
    packages: late("packages"),
    removePackage: late("removePackage"),
    resumePackage: late("resumePackage"),
    rollbackPackage: late("rollbackPackage"),
    packageAudit: late("packageAudit"),
    setPackageBudget: late("setPackageBudget"),
    pluginSettings: late("pluginSettings"),
    changePluginSettings: late("changePluginSettings"),
    connect: late("connect"),
    disconnect: late("disconnect"),
    watch: late("watch"),
  };
}

export function KernelSource({ token, children }: { token: string | undefined; children: ReactNode }) {
  const [where, setWhere] = useState<Where>(token ? "node" : "tab");
  const [reachable, setReachable] = useState(true);
  const node = useMemo(() => {
    if (!token) return undefined;
    const url = new URL("api/ws", base);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return socketClient(new SocketConnection(url.href, token, setReachable));
  }, [token]);
  const own = useMemo(lateTabClient, []);
  useEffect(() => {
    if (where === "tab") void startTabOnce().catch(() => undefined);
  }, [where]);
  const source = useMemo<Source>(
    () => ({
      where,
      client: where === "node" && node ? node : own,
      reachable: where === "tab" || reachable,
      choices: node ? ["node", "tab"] : ["tab"],
      choose: setWhere,
      tab: startTabOnce,
    }),
    [where, node, own, reachable],
  );
  return <Context value={source}>{children}</Context>;
}

export function useKernel(): Source {
  const source = use(Context);
  if (!source) throw new Error("useKernel is for components inside KernelSource");
  return source;
}
