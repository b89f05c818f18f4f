import { useEffect, useRef, useState } from "react";
import type { StepView } from "../run-view.ts";
import { type Edge, keyOf } from "./edges.ts";

/** What has gone along each line: `flowing` while the one who hears is at work on it. */
export interface Traffic {
  heard: Edge[];
  flowing: ReadonlySet<string>;
  passed: ReadonlySet<string>;
}

/** Who was shown whose output, read off the steps' inputs. */
export function trafficOf(steps: readonly StepView[]): Traffic {
  const writer = new Map(steps.map(({ path, agent }) => [path, agent]));
  const flowing = new Set<string>();
  const passed = new Set<string>();
  const heard = new Map<string, Edge>();
  for (const { agent: to, inputs, state } of steps) {
    for (const path of inputs) {
      const from = writer.get(path);
      if (from === undefined || from === to) continue;
      heard.set(keyOf(from, to), { from, to });
      (state === "running" || state === "judging" ? flowing : passed).add(keyOf(from, to));
    }
  }
  return { heard: [...heard.values()], flowing, passed };
}

/** An output on its way to someone who has just started with it. */
export interface Message extends Edge {
  key: string;
}
const travelMs = 900;
const most = 400;

/** Messages of the steps that start while somebody looks; each is there for as long as it travels. */
export function useMessages(steps: readonly StepView[]): Message[] {
  const known = useRef<Set<string>>(undefined);
  const [messages, setMessages] = useState<Message[]>([]);
  useEffect(() => {
    const writer = new Map(steps.map(({ path, agent }) => [path, agent]));
    const first = known.current === undefined;
    const seen = (known.current ??= new Set());
    const sent: Message[] = [];
    for (const { path, attempt, agent: to, inputs } of steps) {
      const step = `${path}#${attempt}`;
      if (seen.has(step)) continue;
      seen.add(step);
      for (const input of first ? [] : inputs) {
        const from = writer.get(input);
        if (from !== undefined && from !== to) sent.push({ key: `${step}<${input}`, from, to });
      }
    }
    if (sent.length === 0) return;
    const kept = new Set(sent.map(({ key }) => key));
    setMessages((now) => [...now, ...sent].slice(-most));
    setTimeout(() => setMessages((now) => now.filter(({ key }) => !kept.has(key))), travelMs);
  }, [steps]);
  return messages;
}
