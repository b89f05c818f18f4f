import { OrreryError, type ToolResult, type Web } from "@orrery/sdk";
import { textOfHtml } from "./text-of-html.ts";

const failed = (code: string, message: string): ToolResult => ({ ok: false, output: { code, message } });
const readable = /^(text\/|application\/([\w.+-]*\+)?(json|xml|yaml|javascript|x-www-form-urlencoded)\b)/i;

export async function perform(
  web: Web,
  posts: boolean,
  { url, body, type = "application/json" }: { url: string; body?: string; type?: string },
  { maxBytes, timeoutMs }: { maxBytes: number; timeoutMs: number },
  signal: AbortSignal,
): Promise<ToolResult> {
  const until = AbortSignal.timeout(timeoutMs);
  const headers = { accept: "text/html, text/*, application/json;q=0.9, */*;q=0.1", "user-agent": "orrery" };
  const sent = posts ? { method: "POST", body: body ?? "", headers: { ...headers, "content-type": type } } : { headers };
  try {
    const response = await web.fetch(url, { ...sent, signal: AbortSignal.any([signal, until]) });
    const media = response.headers.get("content-type") ?? "";
    if (media !== "" && !readable.test(media)) {
      await response.body?.cancel();
      return failed("FETCH_NOT_TEXT", `the answer is ${media.slice(0, 100)}, which is no text`);
    }
    const { bytes, cut } = await capped(response, maxBytes);
    const text = decoded(bytes, media);
    const shown = /html/i.test(media) ? textOfHtml(text) : text;
    return {
      ok: response.ok,
      output: response.ok
        ? `${shown}${cut ? `\n[cut after ${maxBytes} bytes]` : ""}`
        : { code: "FETCH_STATUS", message: `HTTP ${response.status}: ${shown.slice(0, 500)}` },
    };
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    if (until.aborted) return failed("TOOL_TIMEOUT", `the host did not answer within ${timeoutMs} ms`);
    if (thrown instanceof OrreryError) return failed(thrown.code, thrown.message);
    return failed("WEB_FAILED", "the host broke off in the middle of its answer");
  }
}

async function capped(response: Response, most: number): Promise<{ bytes: Uint8Array; cut: boolean }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const next = await reader?.read();
    if (!next || next.done) return { bytes: joined(parts, size), cut: false };
    const room = most - size;
    parts.push(next.value.subarray(0, room));
    size += Math.min(next.value.length, room);
    if (next.value.length > room) {
      await reader?.cancel();
      return { bytes: joined(parts, size), cut: true };
    }
  }
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function decoded(bytes: Uint8Array, media: string): string {
  const charset = /charset="?([\w-]+)/i.exec(media)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
