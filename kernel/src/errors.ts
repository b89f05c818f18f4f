/** Every code the kernel throws or records: what happened, and what to do now. */
export const errorCatalogue = {
  MANIFEST_INVALID: { what: "the manifest is not valid", do: "Correct the named field of the manifest." },
  API_MISMATCH: {
    what: "the plugin was written for another API version",
    do: "Install a version of the plugin whose manifest.api includes this kernel's API.",
  },
  CONFIG_INVALID: { what: "the plugin's configuration is not valid", do: "Correct the named settings and install again." },
  PLUGIN_EXISTS: { what: "a plugin with this id is installed already", do: "Use replace() for a new version, or uninstall the old one first." },
  PLUGIN_UNKNOWN: { what: "no plugin with this id is installed", do: "Check the id against inspect().plugins." },
  REQUIRES_CYCLE: { what: "the plugins require one another in a circle", do: "Break the circle: make one side optional with when()." },
  SERVICE_CONFLICT: { what: "the service is provided already", do: "Uninstall the other provider, or replace it." },
  SERVICE_MISSING: { what: "a service the plugin requires is not provided", do: "Install a plugin that provides it first." },
  SERVICE_UNDECLARED: { what: "the plugin provided a service its definition does not list", do: "Add the token to the definition's provides." },
  ORDER_CONTRADICTION: { what: "the order asked for cannot be", do: "Remove one of the two before/after constraints, or move one tap to another phase." },
  HOOK_UNKNOWN: { what: "the catalogue has no such hook", do: "Check the hook's name against inspect().hooks." },
  HOOK_SPEC_INVALID: { what: "the hook's spec is not valid", do: "Correct the named member of the hook's spec in the catalogue." },
  HOOK_INPUT_INVALID: { what: "the hook was called with input its schema refuses", do: "Correct the input at the caller; no tap has run." },
  TAP_INVALID: { what: "a hook was tapped with something that is not a function", do: "Pass the tap as a function." },
  TAP_THREW: { what: "a tap threw or rejected", do: "Look at the cause; report it to the plugin's author." },
  TAP_DEADLINE: { what: "a tap did not answer within its deadline", do: "Suspend or replace the plugin, or raise the hook's deadline in the catalogue." },
  TAP_ANSWER_INVALID: { what: "a tap answered with something the hook's schema refuses", do: "Report it to the plugin's author; the answer was not used." },
  TAP_NOT_PLAIN: {
    what: "a tap answered with something that is not plain data",
    do: "Return structured-cloneable plain data: no functions, class instances or circles.",
  },
  CALL_ABORTED: { what: "the caller aborted the call", do: "Nothing: the call was cancelled." },
  CALL_DEADLINE: { what: "the call did not finish within the caller's deadline", do: "Raise the call's deadlineMs, or look at the plugin named." },
  CALL_FLOOD: { what: "the plugin has too many calls in flight", do: "Await calls before starting more." },
  CAPABILITY_DENIED: { what: "the plugin lacks a capability", do: "Request it in the manifest and grant it, or do without." },
  SCOPE_CLOSED: { what: "the scope is closed already", do: "Register effects before the scope closes; stop on its signal." },
  SCOPE_FULL: { what: "the plugin holds too many effects", do: "Dispose effects no longer needed before registering more." },
  DISPOSE_FAILED: { what: "an effect's undo failed", do: "Look at the cause; the other effects were undone." },
  DISPOSE_DEADLINE: { what: "an effect's undo did not finish in time", do: "Make the disposer settle; it was left behind." },
  SETUP_FAILED: { what: "the plugin's setup failed", do: "Look at the cause; everything it had registered was taken back." },
  SETUP_DEADLINE: { what: "the plugin's setup did not finish in time", do: "Start long work after setup, tied to the scope with own()." },
  PLUGIN_SUSPENDED: { what: "the plugin is suspended", do: "Wait for its probe, or resume() it." },
  PLUGIN_REVOKED: { what: "the plugin was taken out of service", do: "Start again without it." },
  SESSION_CLOSED: { what: "the hook session is closed", do: "Open a new session." },
  KERNEL_CLOSED: { what: "the kernel is closed", do: "Create a new kernel." },
} as const;

export type ErrorCode = keyof typeof errorCatalogue;

export interface ErrorFacts {
  readonly plugin?: string | undefined;
  readonly hook?: string | undefined;
  readonly detail?: string | undefined;
  readonly cause?: unknown;
}

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
