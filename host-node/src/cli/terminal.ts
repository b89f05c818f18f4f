import pc from "picocolors";
import { printable } from "../printable.ts";
import { type Failure, failureOf } from "./failure.ts";

type Colours = Pick<ReturnType<typeof pc.createColors>, "bold" | "dim" | "red" | "green" | "yellow" | "cyan" | "magenta">;

/** Where a command writes. With `--json`, stdout gets one object and nothing else. */
export class Terminal {
  readonly json: boolean;
  readonly colours: Colours;
  readonly #out: NodeJS.WriteStream;
  readonly #err: NodeJS.WriteStream;
  #status = "";

  constructor({ json = false, color }: { json?: boolean; color?: boolean }, out = process.stdout, err = process.stderr) {
    this.json = json;
    this.#out = out;
    this.#err = err;
    this.colours = pc.createColors(!json && color !== false && Boolean(out.isTTY) && pc.isColorSupported);
  }

  /** A person is there to be asked and shown things as they happen. */
  get interactive(): boolean {
    return !this.json && Boolean(process.stdin.isTTY && this.#out.isTTY);
  }

  get live(): boolean {
    return !this.json && Boolean(this.#out.isTTY);
  }

  get width(): number {
    return Math.max(40, Math.min(this.#out.columns || 100, 140));
  }

  line(text = ""): void {
    if (this.json) return;
    this.status("");
    this.#out.write(`${text}\n`);
  }

  /** A last line that is written over; only on a terminal. */
  status(text: string): void {
    if (!this.live || text === this.#status) return;
    this.#out.write(`\r\x1b[2K${text}`);
    this.#status = text;
  }

  note(text: string): void {
    this.#err.write(`${text}\n`);
  }

  object(value: object): void {
    if (this.json) this.#out.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  fail(thrown: unknown): Failure {
    const failure = failureOf(thrown);
    this.status("");
    if (this.json) this.object({ error: failure });
    else {
      this.#err.write(`${this.colours.red("error")} ${this.colours.bold(failure.code)}  ${failure.message}\n`);
      if (failure.do) this.#err.write(`      ${failure.do}\n`);
    }
    if (process.env["ORRERY_DEBUG"] && thrown instanceof Error) this.#err.write(`${thrown.stack}\n`);
    return failure;
  }
}

export const oneLine = (text: string, most = 100): string => {
  const folded = printable(text).replace(/\s+/g, " ").trim();
  return folded.length > most ? `${folded.slice(0, most - 1)}…` : folded;
};
