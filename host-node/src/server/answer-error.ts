import { type Failure, failureOf } from "../cli/failure.ts";

const notFound = new Set([
  "RUN_UNKNOWN",
  "HOOK_UNKNOWN",
  "FILE_UNKNOWN",
  "PLUGIN_UNKNOWN",
  "PACKAGE_UNKNOWN",
  "PLUGIN_NOT_HELD",
  "PACKAGE_NO_PREVIOUS",
  "EXAMPLE_MISSING",
  "ROUTE_UNKNOWN",
  "GATE_UNKNOWN",
  "STEP_UNKNOWN",
  "AGENT_UNKNOWN",
  "EPISODE_UNKNOWN",
]);
const conflicting = new Set([
  "AGENT_AMBIGUOUS",
  "RUN_OVER",
  "RUN_ELSEWHERE",
  "GATE_DECIDED",
  "TOPOLOGY_MISSING",
  "DOCUMENTS_CHANGED",
  "RUN_EXISTS",
  "FILE_CHANGED",
  "JOURNAL_EXISTS",
  "JOURNAL_HELD",
  "SETTINGS_REFUSED",
  "SETTINGS_BUSY",
]);
const unavailable = new Set(["RUN_UNANSWERED", "SERVICE_MISSING", "HOST_FAILED", "KERNEL_CLOSED", "JOURNAL_CLOSED", "PACKAGES_BUSY"]);
const internal = /^(INTERNAL|JOURNAL_|STORAGE_|TAP_|ERR_)/;

/** The status and body an error is answered with. What is nobody's fault outside says no more than its code. */
export function answerOf(thrown: unknown): { status: number; failure: Failure } {
  const failure = failureOf(thrown);
  const given = (thrown as { statusCode?: unknown } | null)?.statusCode;
  if (typeof given === "number" && given >= 400 && given < 500) {
    return {
      status: given,
      failure: {
        code: failure.code.replace(/^FST_ERR_/, ""),
        message: failure.message,
        do: "Correct the request; GET /api/openapi.json describes every route.",
      },
    };
  }
  if (notFound.has(failure.code)) return { status: 404, failure };
  if (conflicting.has(failure.code)) return { status: 409, failure };
  if (unavailable.has(failure.code)) return { status: 503, failure };
  if (internal.test(failure.code)) {
    const known = /^(JOURNAL|STORAGE)_/.test(failure.code);
    return {
      status: 500,
      failure: known ? failure : { code: "INTERNAL", message: "the server could not do this", do: "Look at its log; set ORRERY_DEBUG=1 for more." },
    };
  }
  return { status: 400, failure };
}
