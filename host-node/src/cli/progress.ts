import { type EventData, type RunEvent, type TypedRunEvent, typed, type WatchMessage } from "@orrery/sdk";
import { count, estimateWords, nanoDollars, seconds } from "./format.ts";
import { printable } from "../printable.ts";
import { oneLine, type Terminal } from "./terminal.ts";

/** Shows a run as it goes: a line an event worth one, and on a terminal what is being written just now. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #streamed = new Map<string, string>();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(message: WatchMessage): void {
    if (message.kind === "delta") this.#delta(message.delta.step, message.delta.agent, message.delta.text);
    else if (message.kind === "event") this.#event(message.event);
  }

  #delta(step: string, agent: string, text: string): void {
    const tail = ((this.#streamed.get(step) ?? "") + printable(text.replace(/\s+/g, " "))).slice(-400);
    this.#streamed.set(step, tail);
    const room = this.#terminal.width - agent.length - 6;
    this.#terminal.status(`  ${this.#terminal.colours.dim(`${agent}: ${tail.slice(-room)}`)}`);
  }

  #row(label: string, text: string): void {
    this.#terminal.line(`${this.#terminal.colours.dim(label.padEnd(9))} ${text}`);
  }

  #asked({ agent, asked = {} }: EventData<"step.started">): void {
    const what = [asked.instruction, asked.task].filter((text) => text !== undefined).join(" · ");
    if (what) this.#row("asked", `${this.#terminal.colours.cyan(agent)} ${oneLine(what, 140)}`);
  }

  #event(raw: RunEvent): void {
    const event = typed(raw);
    if (event) this.#typed(event);
  }

  #typed(event: TypedRunEvent): void {
    const { bold, dim, green, yellow, red, cyan } = this.#terminal.colours;
    switch (event.type) {
      case "run.submitted":
        this.#row("run", `${event.run}  ${dim(`conversation ${event.data.task.thread}`)}`);
        this.#row("task", bold(oneLine(event.data.task.text, 200)));
        return;
      case "documents.read": {
        const { documents, skipped, ms } = event.data;
        const sentences = documents.reduce((sum, document) => sum + document.sentences, 0);
        this.#row("read", `${count(documents.length, "document")}, ${count(sentences, "sentence")} ${dim(seconds(ms))}`);
        for (const { path, reason } of skipped.slice(0, 5)) this.#row("skipped", `${yellow(oneLine(path, 80))} ${dim(oneLine(reason, 120))}`);
        if (skipped.length > 5) this.#row("", dim(`and ${skipped.length - 5} more: orrery run show ${event.run} lists them`));
        return;
      }
      case "memory.recalled":
        for (const { task, score, agent } of event.data.recalled)
          this.#row("recalled", `${agent ? `${cyan(agent)} alone: ` : ""}${oneLine(task, 100)} ${dim(`relevance ${score.toFixed(2)}`)}`);
        return;
      case "run.planned": {
        const { plan, predicted, estimate } = event.data;
        this.#row(
          "team",
          `${bold(oneLine(plan.team.name, 60))}: ${plan.team.agents.map(({ id, role }) => (id === role ? id : `${id} (${oneLine(role, 40)})`)).join(", ")}`,
        );
        const range = predicted.min === predicted.max ? "" : ` (${predicted.min} to ${predicted.max})`;
        this.#row("topology", `${bold(plan.topology.id)}, ${count(predicted.expected, "call")} expected${range}`);
        if (estimate) this.#row("estimate", estimateWords(estimate));
        for (const { by, text } of plan.notes) this.#row("", dim(`${oneLine(text, 140)} (${by})`));
        return;
      }
      case "step.started":
        this.#asked(event.data);
        this.#terminal.status(dim(`  ${event.data.agent} is at work …`));
        return;
      case "step.routed":
        this.#row("step", `${cyan(event.data.agent)} → ${event.data.model} ${dim(`because ${lowerFirst(oneLine(event.data.why, 140))}`)}`);
        return;
      case "tool.called":
        this.#row("tool", `${cyan(event.data.agent)} calls ${event.data.tool} ${dim(oneLine(JSON.stringify(event.data.input), 120))}`);
        return;
      case "tool.finished":
        if (!event.data.ok) this.#row("", yellow(oneLine(JSON.stringify(event.data.output), 200)));
        return;
      case "tool.denied":
        this.#row("denied", `${cyan(event.data.agent)} ${event.data.tool}: ${yellow(event.data.reasons.map((reason) => oneLine(reason, 200)).join("; "))}`);
        return;
      case "step.finished": {
        const { path, agent, result } = event.data;
        this.#streamed.delete(path);
        this.#row("done", `${cyan(agent)} ${count(result.usage.outputTokens, "token")} in ${seconds(result.durationMs)}, ${nanoDollars(result.costNano)}`);
        return;
      }
      case "step.failed":
        this.#streamed.delete(event.data.path);
        this.#row("failed", `${red(event.data.agent)} ${event.data.error.code}: ${oneLine(event.data.error.message, 300)}`);
        return;
      case "step.cancelled":
        this.#row("stopped", `${yellow(event.data.agent)} ${event.data.reason}`);
        return;
      case "step.judged":
      case "run.judged": {
        const { verdicts, decision, missing } = event.data;
        const who = event.type === "step.judged" ? cyan(event.data.agent) : bold("outcome");
        const shown = verdicts.map(({ judge, score, decision: said }) => `${judge.replace(/^orrery\.judge\./, "")} ${score.toFixed(2)} ${said}`).join(", ");
        const act = decision.action === "accept" ? green(decision.action) : yellow(decision.action);
        this.#row("judged", `${who} ${act}${shown ? ` ${dim(shown)}` : ""}`);
        if (decision.action !== "accept") for (const reason of decision.reasons) this.#row("", oneLine(reason, 200));
        if (missing.length > 0) this.#row("", yellow(`no verdict from ${missing.join(", ")}`));
        return;
      }
      case "run.paused":
        this.#row("paused", `by ${oneLine(event.data.by, 60)}`);
        return;
      case "run.resumed":
        this.#row("resumed", event.data.from === "crash" ? "from its journal: nothing that was settled is done again" : `by ${oneLine(event.data.by, 60)}`);
        return;
      case "run.redirected":
        this.#row("redirected", `${oneLine(event.data.instruction, 200)} ${dim(`by ${oneLine(event.data.by, 60)}`)}`);
        return;
      case "gate.opened":
        this.#row("waits", `${yellow(event.data.gate)} ${oneLine(event.data.ask, 200)}`);
        this.#row("", dim(`orrery run approve ${event.run} ${event.data.gate}, or deny`));
        return;
      case "gate.decided":
        this.#row(event.data.decision === "approve" ? "approved" : "denied", `${event.data.gate} ${dim(`by ${oneLine(event.data.by, 60)}`)}`);
        return;
      case "budget.denied":
        this.#row("budget", `${red("stopped before the call")} ${event.data.reasons.map((reason) => oneLine(reason, 200)).join("; ")}`);
        return;
      default:
        return;
    }
  }
}

const lowerFirst = (text: string): string => (/^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text);
