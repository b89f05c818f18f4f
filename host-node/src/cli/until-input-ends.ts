/**
 * Asks with a signal that goes off at the end of input: Ctrl+D, or a terminal that is gone. Nobody is left to answer then, and a question that waits is
 * cancelled; the process would otherwise end in the middle of it without a word.
 */
export async function untilInputEnds<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { stdin } = process;
  const over = new AbortController();
  const end = (): void => over.abort();
  const pressed = (_: unknown, key?: { readonly ctrl?: boolean; readonly name?: string }): void => {
    if (key?.ctrl && key.name === "d") end();
  };
  stdin.on("keypress", pressed);
  for (const event of ["end", "close"]) stdin.once(event, end);
  try {
    return await ask(over.signal);
  } finally {
    stdin.off("keypress", pressed);
    for (const event of ["end", "close"]) stdin.off(event, end);
    // A question hides the cursor, and one that is cancelled from outside leaves it so.
    if (over.signal.aborted && process.stdout.isTTY) process.stdout.write("\u001b[?25h");
  }
}
