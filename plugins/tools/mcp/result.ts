import type { CallToolResult } from "@modelcontextprotocol/client";
import type { Json, ToolResult } from "@orrery/sdk";

const failed = (code: string, message: string): ToolResult => ({ ok: false, output: { code, message } });

/** What came of a call, as text: pictures and sounds are named and left out. */
export async function resultOf(call: () => Promise<CallToolResult>, server: string, timeoutMs: number, signal: AbortSignal): Promise<ToolResult> {
  let result: CallToolResult;
  try {
    result = await call();
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const { code, message } = thrown as { code?: unknown; message?: unknown };
    if (code === "REQUEST_TIMEOUT") return failed("TOOL_TIMEOUT", `the server "${server}" did not answer within ${timeoutMs} ms`);
    return failed("MCP_FAILED", String(message ?? thrown).slice(0, 500));
  }
  const text = (result.content ?? [])
    .map((part) => {
      if (part.type === "text") return part.text;
      if (part.type === "resource") return "text" in part.resource ? String(part.resource.text) : `[${part.resource.uri}]`;
      return part.type === "resource_link" ? `[${part.uri}]` : `[${part.type}, left out]`;
    })
    .join("\n");
  const output: Json = text === "" && result.structuredContent ? (JSON.parse(JSON.stringify(result.structuredContent)) as Json) : text;
  if (result.isError)
    return failed("MCP_TOOL_ERROR", (typeof output === "string" ? output : JSON.stringify(output)).slice(0, 2_000) || "the tool says that it failed");
  return { ok: true, output };
}
