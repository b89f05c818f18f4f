import type { Json } from "@orrery/sdk";

function parsed(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return value !== null && typeof value === "object" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The object or array a model wrote into its text: alone, in a fenced block, or with words around it; undefined when there is none. */
export function jsonIn(text: string): Json | undefined {
  const whole = parsed(text.trim());
  if (whole !== undefined) return whole;
  for (const [, block = ""] of text.matchAll(/```[a-z]*\s*\n([\s\S]*?)```/gi)) {
    const found = parsed(block.trim());
    if (found !== undefined) return found;
  }
  for (const [open, close] of [
    ["{", "}"],
    ["[", "]"],
  ] as const) {
    const from = text.indexOf(open);
    const to = text.lastIndexOf(close);
    const found = from >= 0 && to > from ? parsed(text.slice(from, to + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
