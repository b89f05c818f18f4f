import type { ShownView, ViewQuery } from "@orrery/sdk";
import { useQuery } from "@tanstack/react-query";
import { useKernel } from "../client/kernel-source.tsx";

/** What plugins show at a place, asked again every few seconds: what they show changes without a word. */
export function useViews(query: ViewQuery) {
  const { client, where } = useKernel();
  return useQuery({
    queryKey: [where, "views", query],
    queryFn: async (): Promise<ShownView[]> => (await client.views?.(query)) ?? [],
    refetchInterval: 3_000,
  });
}
