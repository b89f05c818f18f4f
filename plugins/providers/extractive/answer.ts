import type { Json } from "@orrery/sdk";

export interface Answer {
  text: string;
  data?: Json;
  /** Text that was read to get there, for the count of input tokens. */
  read: string;
  finish: "stop" | "refused";
}

const connect = "Connect a generative model (`orrery connect openai`, or start Ollama) and run this team again on it.";

/** What the engine cannot do, and how to get it done. */
export function refusal(what: string, first = ""): Answer {
  return { text: `${what} ${first}${connect}`, data: { code: "NEEDS_GENERATIVE_MODEL", message: what, do: `${first}${connect}` }, read: "", finish: "refused" };
}
