import type { Kernel } from "@orrery/kernel";
import { EpisodicMemory, Journal, type Lifecycle, OrreryError, Storage } from "@orrery/sdk";
import { agentDetail, agentRecords, type AgentSources, forgetAgent } from "@orrery/sdk/agents";

type Services = Pick<Kernel<Lifecycle>, "service">;
const query = { workspace: "default" };

function sourcesIn(kernel: Services): AgentSources {
  const journal = kernel.service(Journal);
  if (!journal) throw new OrreryError("SERVICE_MISSING", "Nothing provides the journal", { todo: "Look at Extend → Plugins." });
  return { journal, storage: kernel.service(Storage), memory: kernel.service(EpisodicMemory) };
}

/** The agents of this tab's runs, and all that remember something. */
export const agentsIn = (kernel: Services) => agentRecords(sourcesIn(kernel), query);

/** One of them with what it remembers. */
export const agentIn = (kernel: Services, name: string) => agentDetail(sourcesIn(kernel), name, query);

/** Forgets all it remembers, or one episode. */
export const forgetIn = (kernel: Services, name: string, episode?: string) => forgetAgent(sourcesIn(kernel), name, query, episode);
