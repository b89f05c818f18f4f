/** Deepest nesting taken from outside: serialisers overflow far above, honest requests stay far below. */
export const mostDepth = 64;

/** True when JSON text nests deeper than `most`; looks at brackets outside strings and parses nothing. */
export function tooDeep(text: string, most = mostDepth): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 0x5c) i += 1;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x5b || c === 0x7b) {
      depth += 1;
      if (depth > most) return true;
    } else if (c === 0x5d || c === 0x7d) depth -= 1;
  }
  return false;
}
