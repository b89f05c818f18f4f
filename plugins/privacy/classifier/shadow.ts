/** A text as patterns should see it, with the way back: `at[i]` is where unit `i` of `text` stands in the original. */
export interface Shadow {
  text: string;
  at: number[];
}

const invisible = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFEFF]/u;

/** Full-width digits become digits, invisible characters go: they hide a number from a pattern and from nobody who reads it. */
export function shadowOf(original: string): Shadow {
  let text = "";
  const at: number[] = [];
  let index = 0;
  for (const point of original) {
    if (!invisible.test(point)) {
      const plain = point.normalize("NFKC");
      text += plain;
      for (let i = 0; i < plain.length; i += 1) at.push(index);
    }
    index += point.length;
  }
  at.push(index);
  return { text, at };
}
