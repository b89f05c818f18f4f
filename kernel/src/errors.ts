import catalogue from "./errors.json" with { type: "json" };

/** Every code the kernel throws or records: what happened, and what to do now. */
export const errorCatalogue = Object.freeze(catalogue);

export type ErrorCode = keyof typeof errorCatalogue;

export type ErrorFacts = { readonly [fact in "plugin" | "hook" | "detail"]?: string | undefined } & { readonly cause?: unknown };

/** An error with a `code` of the catalogue, the plugin and hook it concerns, its cause, and what to `do`. */
export class KernelError extends Error {
  readonly code: ErrorCode;
  readonly plugin: string | undefined;
  readonly hook: string | undefined;
  readonly do: string;

  constructor(code: ErrorCode, facts: ErrorFacts = {}) {
    const entry = errorCatalogue[code];
    const who = [facts.plugin && `plugin ${facts.plugin}`, facts.hook && `hook ${facts.hook}`].filter(Boolean).join(", ");
    const detail = facts.detail ?? (facts.cause === undefined ? "" : messageOf(facts.cause));
    super(`${code}: ${entry.what}${who && ` (${who})`}${detail && `: ${detail}`}. ${entry.do}`, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = "KernelError";
    this.code = code;
    this.plugin = facts.plugin;
    this.hook = facts.hook;
    this.do = entry.do;
  }
}

/** What was thrown, in words; never throws itself, whatever a plugin threw. */
export function messageOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return "something that cannot be shown";
  }
}

/** Whether a plugin threw it to say no, marked `refusal: true`: the call fails by the hook's policy, and the breaker counts nothing. Never throws itself. */
export function isRefusal(thrown: unknown): boolean {
  try {
    return (thrown as { refusal?: unknown } | null | undefined)?.refusal === true;
  } catch {
    return false;
  }
}

/** `thrown` itself when the kernel made it, else a KernelError of `code` around it. */
export function asKernelError(thrown: unknown, code: ErrorCode, facts: ErrorFacts): KernelError {
  return thrown instanceof KernelError ? thrown : new KernelError(code, { ...facts, cause: thrown });
}
