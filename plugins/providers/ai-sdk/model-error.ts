import { APICallError, EmptyResponseBodyError, InvalidResponseDataError, JSONParseError, NoContentGeneratedError, TypeValidationError } from "@ai-sdk/provider";
import { type Connection, OrreryError } from "@orrery/sdk";

/** What went wrong with a call, and whether trying again may help. */
export interface Trouble {
  error: OrreryError;
  again: boolean;
  /** Milliseconds the host asked to wait for. */
  waitMs: number | undefined;
}

const tooLong =
  /context[ _-]?(length|window)|maximum (context|number of tokens)|too many (input )?tokens|prompt is too long|input token count|exceeds? the (model|maximum)|request too large/i;
const noCredit = /insufficient_quota|exceeded your current quota|billing|credit balance/i;
const keyLike = /\b(?:sk|pk|rk|gsk|xai|AIza|key|Bearer)[-_ ]?[A-Za-z0-9_*.-]{8,}/g;

/** Any error of a provider package as one of ours. What the host said is cut short and cleared of anything like a key; the request itself is never kept. */
export function troubleOf(thrown: unknown, { provider, baseUrl }: Connection, model: string): Trouble {
  const whole = `${provider}/${model}`;
  const fail = (code: string, message: string, todo: string, again = false, waitMs?: number): Trouble => ({
    error: new OrreryError(code, message, { todo, refusal: true }),
    again,
    waitMs,
  });
  const ours = cause(thrown, (error) => error instanceof Error && error.name === "OrreryError") as OrreryError | undefined;
  if (ours?.code === "EGRESS_FAILED") return fail("MODEL_UNREACHABLE", `${where(provider, baseUrl)} cannot be reached.`, reachTodo(provider, baseUrl), true);
  if (ours) return fail(ours.code, ours.message, ours.todo ?? reachTodo(provider, baseUrl));

  const call = cause(thrown, (error) => APICallError.isInstance(error)) as APICallError | undefined;
  const status = call?.statusCode;
  if (call && status !== undefined && status >= 400) {
    const said = saidBy(call);
    if (status === 401 || status === 403)
      return fail("MODEL_AUTH", `${provider} refused the key (HTTP ${status}).`, `Run \`orrery connect ${provider}\` with a key that may use ${model}.`);
    if (status === 402 || (status === 429 && noCredit.test(said)))
      return fail(
        "MODEL_QUOTA",
        `${provider} says there is no credit left (HTTP ${status}).`,
        `Top up the account at ${provider}, or choose another model with --model.`,
      );
    if (status === 429)
      return fail(
        "MODEL_RATE_LIMITED",
        `${provider} allows no more requests right now (HTTP 429).`,
        "Wait a moment and run it again, or choose another model with --model.",
        true,
        retryAfter(call.responseHeaders),
      );
    if (status === 413 || (status === 400 && tooLong.test(said)))
      return fail(
        "MODEL_CONTEXT_TOO_LONG",
        `The request is longer than ${whole} can take${quoted(said)}.`,
        "Choose a model with a larger context window (`orrery models` shows them), or hand in fewer documents.",
      );
    if (status === 404) return fail("MODEL_UNKNOWN", `${provider} does not have ${model}${quoted(said)}.`, "`orrery models` shows which models there are.");
    if (status === 408 || status >= 500)
      return fail(
        "MODEL_UNREACHABLE",
        `${where(provider, baseUrl)} is failing (HTTP ${status})${quoted(said)}.`,
        "Try again later, or choose another model with --model.",
        true,
        retryAfter(call.responseHeaders),
      );
    return fail(
      "MODEL_REQUEST_REFUSED",
      `${provider} refused the request to ${model} (HTTP ${status})${quoted(said)}.`,
      "Try another model with --model; report it if every model refuses.",
    );
  }
  const garbled = cause(thrown, (error) =>
    [JSONParseError, TypeValidationError, EmptyResponseBodyError, InvalidResponseDataError, NoContentGeneratedError].some((kind) => kind.isInstance(error)),
  );
  if (garbled || (call && status !== undefined)) return badAnswer(whole, "its answer could not be read");
  return fail("MODEL_UNREACHABLE", `${where(provider, baseUrl)} cannot be reached, or hung up.`, reachTodo(provider, baseUrl), true);
}

export const badAnswer = (model: string, why: string): Trouble => ({
  error: new OrreryError("MODEL_BAD_ANSWER", `${model} did not give an answer: ${why}.`, {
    todo: "Run it again; if it stays so, choose another model with --model.",
    refusal: true,
  }),
  again: false,
  waitMs: undefined,
});

const where = (provider: string, baseUrl: string | undefined): string => (baseUrl ? `${provider} at ${new URL(baseUrl).host}` : provider);
const reachTodo = (provider: string, baseUrl: string | undefined): string =>
  baseUrl
    ? `Check that ${provider} is running at ${baseUrl}; \`orrery doctor\` tries every connection.`
    : "Check the network connection; `orrery doctor` tries every connection.";
const quoted = (said: string): string => (said === "" ? "" : `: "${said}"`);

/** The host's own words, one line, at most 200 characters. */
function saidBy(call: APICallError): string {
  const text = call.message.replace(/\s+/g, " ").replace(keyLike, "[key]").trim();
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

/** Milliseconds from `retry-after-ms` or `retry-after` (seconds; a date is not worth a clock). */
function retryAfter(headers: Record<string, string> | undefined): number | undefined {
  const ms = Number(headers?.["retry-after-ms"] ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const seconds = Number(headers?.["retry-after"] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}

function cause(thrown: unknown, is: (error: unknown) => boolean): unknown {
  for (let error = thrown, depth = 0; error !== undefined && error !== null && depth < 8; error = (error as { cause?: unknown }).cause, depth += 1) {
    if (is(error)) return error;
  }
  return undefined;
}
