/** An error of the kernel's side, as it comes over a port: what happened, its code, and what to do. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: string;
  readonly todo: string | undefined;
  constructor(code: string, message: string, todo?: string) {
    super(message);
    this.code = code;
    this.todo = todo;
  }
}
