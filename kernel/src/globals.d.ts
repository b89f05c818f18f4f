/** The few names both realms have that ES2023's own library does not declare; the kernel uses no others. */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare var AbortController: { prototype: AbortController; new (): AbortController };

/** tapable types its index alone. Of the class all its hooks are made from, the part the kernel uses. */
declare module "tapable/lib/Hook.js" {
  export default class Hook<Call> {
    constructor(args: string[], name: string);
    compile: (options: import("./interpreter.ts").CompileOptions) => (input: unknown, call: unknown, done: Done) => void;
    tapAsync(options: { readonly name: string; readonly stage: number }, fn: (input: unknown, call: Call, done: Done) => void): void;
    callAsync(input: unknown, call: Call, done: Done): void;
  }
  type Done = (error?: unknown, result?: unknown) => void;
}
