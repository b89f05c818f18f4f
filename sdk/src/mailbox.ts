import { type Json, token } from "@orrery/kernel";

/** How long a letter is waited for. */
export interface Waiting {
  /** ms an answer may take to begin. */
  waitMs: number;
  /** Asked while nobody has taken the letter: true when nobody who lives could. */
  gone(): Promise<boolean>;
}

/** Letters between the processes, or tabs, that share a journal: how a run is told something by one that does not carry it on. */
export interface Mailbox {
  /** Takes in what is sent to this run from now on. What `answer` throws is what the sender gets. Returns the way to stop. */
  attend(run: string, answer: (letter: Json) => Promise<void>): () => void;
  /**
   * Hands a letter to whoever attends to the run, and resolves once they have done with it: true; false when nobody is there to take it.
   * A letter is taken once or never. Throws what they throw, and RUN_UNANSWERED when nobody took it in time (it is withdrawn then) or nobody who took it answered.
   */
  send(run: string, letter: Json, waiting: Waiting): Promise<boolean>;
}
export const Mailbox = token<Mailbox>("orrery.mailbox@1");

/** What comes back of a letter. */
export type Reply = { ok: true } | { ok: false; code: string; message: string; todo?: string };
