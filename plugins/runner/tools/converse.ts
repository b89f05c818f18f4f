import { meansTool, type Message, type ModelInfo, type ModelRequest, OrreryError, type Step, type ToolSpec } from "@orrery/sdk";
import { type Answered, askModel } from "../ask-model.ts";
import type { RunScope } from "../run-scope.ts";
import { ToolBelt } from "./tool-belt.ts";

/**
 * A model with tools: asked, told what its calls gave, and asked again until it answers in words.
 * After the last round it is asked once more without tools, so that there is an answer. What all rounds cost is summed.
 * A round that an earlier life of the run had answered is taken from its journal.
 */
export async function converse(
  scope: RunScope,
  step: Step,
  routed: ModelInfo,
  drafted: ModelRequest,
  reservation: string,
  signal: AbortSignal,
): Promise<Answered> {
  const offered = await toolsOf(scope, step, signal);
  const belt = new ToolBelt(scope, step, drafted.origin, offered, signal);
  const tools = offered.map(({ name, description, input }) => ({ name, description, input }));
  const known = scope.past.steps.get(step.path)?.attempts[step.attempt - 1]?.rounds;
  const messages: Message[] = [...drafted.messages];
  const total = { nano: 0, durationMs: 0, inputTokens: 0, outputTokens: 0 };
  for (let round = 1; ; round += 1) {
    const last = round > scope.limits.toolRounds;
    const earlier = last ? undefined : known?.[round - 1];
    const { tools: _, ...plain } = drafted;
    // A call of its own, under a key of its own.
    const id = round === 1 ? drafted.id : `${drafted.id}:round-${round}`;
    const request = { ...plain, id, messages, ...(last ? {} : { tools }) };
    const asked = earlier ? undefined : await askModel(scope, step, routed, request, round === 1 ? reservation : `${reservation}:round-${round}`, signal);
    const { nano, durationMs, usage, text, toolCalls = [] } = earlier ?? { ...(asked as Answered), ...(asked as Answered).response };
    total.nano += nano;
    total.durationMs += durationMs;
    total.inputTokens += usage.inputTokens;
    total.outputTokens += usage.outputTokens;
    if (asked && (last || toolCalls.length === 0)) {
      const { inputTokens, outputTokens } = total;
      return { response: { ...asked.response, usage: { ...usage, inputTokens, outputTokens } }, nano: total.nano, durationMs: total.durationMs };
    }
    // Durable with the first of its calls, and before the next round is paid for.
    if (asked)
      scope.log.note("model.answered", {
        path: step.path,
        agent: step.agent.id,
        attempt: step.attempt,
        round,
        key: id,
        model: asked.response.model,
        text,
        toolCalls,
        usage,
        nano,
        durationMs,
      });
    messages.push({ role: "assistant", content: text, toolCalls });
    // One after another: a later call may build on what an earlier one did.
    for (const call of toolCalls) messages.push(await belt.perform(call, round));
  }
}

/** What the team file names for the agent, of what there is. */
async function toolsOf(scope: RunScope, { agent }: Step, signal: AbortSignal): Promise<ToolSpec[]> {
  const answers = await scope.hooks.call("tool.list", { run: scope.task.run, named: agent.tools }, { signal });
  const all = answers.flatMap((answer) => (answer.ok ? answer.value : []));
  const unknown = agent.tools.filter((name) => !all.some((tool) => meansTool(name, tool.name)));
  if (unknown.length > 0) {
    const failed = answers.flatMap((answer) => (answer.ok ? [] : [`${answer.plugin}: ${answer.error.message}`]));
    const there = all.map(({ name }) => name).join(", ") || "none";
    throw new OrreryError(
      "TOOL_UNKNOWN",
      `The agent "${agent.id}" is to have the tool "${unknown.join('", "')}", which is not there. There are: ${there}.${failed.length > 0 ? ` Not listed: ${failed.join("; ")}.` : ""}`,
      { todo: "`orrery tools` lists them; correct the team file, or set up what is missing." },
    );
  }
  return all.filter((tool) => agent.tools.some((name) => meansTool(name, tool.name)));
}
