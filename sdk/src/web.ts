import { token } from "@orrery/kernel";

/**
 * The network beyond model hosts, for tools: only hosts the operator allows, only public addresses, each looked up once and connected to as it
 * was found, and every redirect held to the same rules.
 */
export interface Web {
  /** Throws WEB_DENIED for what is not allowed and WEB_FAILED for what was not reached. The body is as the host sends it, unpacked by nobody. `run`: whom it is for; the rules are those that held when it began. */
  fetch(url: string, init?: { run?: string; method?: string; headers?: Record<string, string>; body?: string; signal?: AbortSignal }): Promise<Response>;
}
export const Web = token<Web>("orrery.web@1");
