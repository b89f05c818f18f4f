/**
 * A plugin's own error: what happened (`message`), which kind (`code`, upper snake case), what to do now (`todo`).
 * The kernel adds whom: the plugin and the hook.
 * `refusal`: the plugin did its work and the answer is no (a wrong key, a request too long): the call fails, and the plugin's breaker counts no fault.
 */
export class OrreryError extends Error {
  override readonly name = "OrreryError";
  readonly code: string;
  readonly todo: string | undefined;
  readonly refusal: boolean;
  constructor(code: string, message: string, options: { todo?: string; cause?: unknown; refusal?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.todo = options.todo;
    this.refusal = options.refusal ?? false;
  }
}
