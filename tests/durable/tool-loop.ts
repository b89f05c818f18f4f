import { teamOf } from "../support/tiny-team.ts";
import type { Told, Wants } from "./counting-provider.ts";

/** How often each agent calls a tool before it answers. */
export const loopRounds = 4;
export const loopTask = "task 3: keep the log";
const named = teamOf("ada", "bob");
/** Two agents, one after the other, each writing the same file anew in every round. */
export const teamWithTools = { ...named, agents: named.agents.map((agent) => ({ ...agent, tools: ["files"] })) };

const isLoop = (messages: Told): boolean => JSON.stringify(messages).includes(loopTask);

/** Has agents of the task with tools call one, round after round; `asked` hears which answers are of that task. */
export const wantsTools =
  (asked: Set<string>): Wants =>
  (messages, answer) => {
    if (!isLoop(messages)) return undefined;
    asked.add(answer);
    const done = messages.filter(({ role }) => role === "tool").length;
    return done < loopRounds ? { name: "files_write", input: { path: "log.md", content: answer } } : undefined;
  };
