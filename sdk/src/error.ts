/**
 * A plugin's own error: what happened (`message`), which kind (`code`, upper snake case), what to do now (`todo`).
 * The kernel adds whom: the plugin and the hook.
 */
export class OrreryError extends Error {
  override readonly name = "OrreryError";
  readonly code: string;
  readonly todo: string | undefined;
  constructor(code: string, message: string, options: { todo?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.todo = options.todo;
  }
}
