import type { SubmitRequest } from "@orrery/sdk";
import { QueryClient, useQuery } from "@tanstack/react-query";
import { useKernel } from "./kernel-source.tsx";

export const queries = new QueryClient({ defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false, networkMode: "always", staleTime: 1_000 } } });

/** The kernel's answer to one question, cached by kernel and question. */
export function useInfo() {
  const { client, where } = useKernel();
  return useQuery({ queryKey: [where, "info"], queryFn: () => client.info(), staleTime: Number.POSITIVE_INFINITY });
}
export function useRuns(query: { limit?: number; thread?: string } = {}) {
  const { client, where } = useKernel();
  return useQuery({
    queryKey: [where, "runs", query],
    queryFn: () => client.runs(query),
    refetchInterval: ({ state }) => (state.data?.some(({ status }) => status === "running") ? 1_000 : false),
  });
}
/** The room each run takes; null where the host does not say. */
export function useKept() {
  const { client, where } = useKernel();
  return useQuery({ queryKey: [where, "kept"], queryFn: async () => (await client.kept?.()) ?? null });
}
/** Whether a run, of which so many entries are shown, is still kept. A tab hears of changes; a server is asked. */
export function useStillThere(runId: string, shown: number | undefined) {
  const { client, where } = useKernel();
  return useQuery({
    queryKey: [where, "runs", "there", runId],
    // Its last entry is enough; all of them are asked for only where that is not there.
    queryFn: async () => (await client.events(runId, Math.max(0, (shown ?? 0) - 1))).length > 0 || (await client.events(runId, 0)).length > 0,
    enabled: shown !== undefined,
    refetchInterval: where === "node" ? 2_000 : false,
    gcTime: 0,
  });
}
/** What went wrong with a run that goes no further; asked only when `wanted`, and again and again while it may still come. */
export function useFault(runId: string, wanted: boolean, live = false) {
  const { client, where } = useKernel();
  return useQuery({
    queryKey: [where, "fault", runId],
    queryFn: async () => (await client.report(runId))?.error ?? null,
    enabled: wanted,
    refetchInterval: live ? 2_000 : false,
  });
}
/** Everything that waits for a person. The index of runs says whether there is anything; only then are their journals read. */
export function useWaiting() {
  const { client, where } = useKernel();
  return useQuery({
    queryKey: [where, "waiting"],
    queryFn: async () => {
      const open = await client.runs({ status: "unfinished", limit: 1_000 });
      return open.some(({ status }) => status === "waiting" || status === "paused") ? client.waiting() : [];
    },
    refetchInterval: 2_000,
  });
}
export function useModels() {
  const { client, where } = useKernel();
  return useQuery({ queryKey: [where, "models"], queryFn: () => client.models(), staleTime: 30_000 });
}
/** What a task would do and cost; asked only when `request` says so. */
export function useForecast(request: SubmitRequest | undefined) {
  const { client, where } = useKernel();
  return useQuery({
    queryKey: [where, "forecast", request],
    queryFn: () => (request ? client.forecast(request) : undefined),
    enabled: request !== undefined,
    staleTime: 60_000,
  });
}
/** Asked again while it is looked at: plugins start, stop and are suspended by themselves. */
export function usePlugins() {
  const { client, where } = useKernel();
  return useQuery({ queryKey: [where, "plugins"], queryFn: () => client.plugins(), refetchInterval: 2_000 });
}
export function usePackages() {
  const { client, where } = useKernel();
  return useQuery({ queryKey: [where, "packages"], queryFn: async () => (await client.packages?.()) ?? [] });
}
/** Asked again every second: what a plugin is refused shows while it happens. */
export function usePackageAudit(id: string) {
  const { client, where } = useKernel();
  return useQuery({ queryKey: [where, "package audit", id], queryFn: () => client.packageAudit?.(id) ?? null, refetchInterval: 1_000 });
}
/** An agent remembers what it said a moment after its run has ended. */
const remembered = { staleTime: 0, refetchInterval: 5_000 };
export function useAgents() {
  const { client, where } = useKernel();
  return useQuery({ queryKey: [where, "agents"], queryFn: async () => (await client.agents?.()) ?? [], ...remembered });
}
export function useAgent(name: string | undefined) {
  const { client, where } = useKernel();
  return useQuery({ queryKey: [where, "agent", name], queryFn: () => client.agent?.(name ?? "") ?? null, enabled: name !== undefined, ...remembered });
}
/** Files of a run; asked again while it goes on. */
export function useRunFiles(runId: string, live: boolean) {
  const { client, where } = useKernel();
  return useQuery({ queryKey: [where, "files", runId], queryFn: async () => (await client.files?.(runId)) ?? [], refetchInterval: live ? 1_000 : false });
}
/** Every version of a file; `newest` is part of the question, so that a new version is asked for. */
export function useFileVersions(runId: string, path: string, newest: number) {
  const { client, where } = useKernel();
  return useQuery({ queryKey: [where, "file versions", runId, path, newest], queryFn: async () => (await client.fileVersions?.(runId, path)) ?? [] });
}
/** One version of a file: a version never changes. */
export function useFile(runId: string, path: string, version: number, wanted = true) {
  const { client, where } = useKernel();
  return useQuery({
    queryKey: [where, "file", runId, path, version],
    queryFn: () => client.file?.(runId, path, version) ?? null,
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
export function useHooks() {
  const { client, where } = useKernel();
  return useQuery({ queryKey: [where, "hooks"], queryFn: () => client.hooks() });
}
export function useExplanation(hook: string | undefined) {
  const { client, where } = useKernel();
  return useQuery({ queryKey: [where, "explain", hook], queryFn: () => client.explain(hook ?? ""), enabled: hook !== undefined });
}
export function useTrace(runId: string, live: boolean) {
  const { client, where } = useKernel();
  return useQuery({ queryKey: [where, "trace", runId], queryFn: () => client.trace(runId), refetchInterval: live ? 1_000 : false });
}
export function useSentences(runId: string, path: string | undefined) {
  const { client, where } = useKernel();
  return useQuery({
    queryKey: [where, "sentences", runId, path],
    queryFn: async () => (await client.sentences?.(runId, path ?? "")) ?? [],
    enabled: path !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
