import { answerPatience, definePlugin, readReply, type Json, Mailbox, type Reply, replyOf, unanswered, type Waiting } from "@orrery/sdk";

type Told =
  | { kind: "letter"; id: string; run: string; letter: Json; until: number }
  | { kind: "taken"; id: string }
  | { kind: "reply"; id: string; reply: Reply };

/** How often somebody who could take a letter is looked for, ms. */
const lookMs = 100;

/** Letters between the tabs of one origin, over a channel that reaches them all. */
export class TabMailbox implements Mailbox {
  readonly #channel: BroadcastChannel;
  readonly #attended = new Map<string, (letter: Json) => Promise<void>>();
  readonly #sent = new Map<string, { taken: boolean; answer(reply: Reply): void }>();

  constructor(name: string) {
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }) => void this.#hear(data as Told);
  }

  attend(run: string, answer: (letter: Json) => Promise<void>): () => void {
    this.#attended.set(run, answer);
    return () => {
      if (this.#attended.get(run) === answer) this.#attended.delete(run);
    };
  }

  async send(run: string, letter: Json, { waitMs, gone }: Waiting): Promise<boolean> {
    const id = crypto.randomUUID();
    const until = Date.now() + waitMs;
    let looking: ReturnType<typeof setInterval> | undefined;
    try {
      return await new Promise<boolean>((resolve, reject) => {
        const own = { taken: false, answer: (reply: Reply) => resolve(Promise.resolve(reply).then(readReply)) };
        this.#sent.set(id, own);
        const look = async () => {
          const late = Date.now() - until;
          if (!own.taken && (await gone()) && !own.taken) resolve(false);
          if (late > (own.taken ? waitMs * (answerPatience - 1) : 0)) reject(unanswered(run, waitMs, own.taken));
        };
        looking = setInterval(() => void look().catch(reject), lookMs);
        this.#tell({ kind: "letter", id, run, letter, until });
      });
    } finally {
      clearInterval(looking);
      this.#sent.delete(id);
    }
  }

  close(): void {
    this.#channel.close();
  }

  #tell(told: Told): void {
    this.#channel.postMessage(told);
  }

  async #hear(told: Told): Promise<void> {
    if (told.kind === "reply") return this.#sent.get(told.id)?.answer(told.reply);
    if (told.kind === "taken") {
      const own = this.#sent.get(told.id);
      if (own) own.taken = true;
      return;
    }
    const answer = this.#attended.get(told.run);
    if (!answer || told.until < Date.now()) return;
    const { id } = told;
    this.#tell({ kind: "taken", id });
    this.#tell({ kind: "reply", id, reply: await replyOf(() => answer(told.letter)) });
  }
}

/** How a tab tells a run something that another tab carries on. */
export const mailboxPlugin = (name: string) =>
  definePlugin({
    manifest: {
      id: "orrery.host.mailbox",
      version: "0.1.0",
      api: "^1.0",
      title: "Mailbox",
      description: "Hands what one tab tells a run to the tab that carries it on.",
    },
    provides: [Mailbox],
    setup({ own, provide }) {
      const mailbox = new TabMailbox(name);
      own("mailbox", () => mailbox.close());
      provide(Mailbox, mailbox);
    },
  });
