import type { LanguageModelV4CallOptions, LanguageModelV4Message, LanguageModelV4ToolCall, SharedV4ProviderOptions } from "@ai-sdk/provider";
import type { Json, Message, ModelRequest, ModelResponse } from "@orrery/sdk";

type ToolMessage = Extract<LanguageModelV4Message, { role: "tool" }>;

/** Tools in a provider's terms: hosts take letters, digits, `_` and `-` in a name, and 64 of them. */
export class WireTools {
  readonly #request: ModelRequest;
  readonly #provider: string;
  readonly #toWire = new Map<string, string>();
  readonly #fromWire = new Map<string, string>();

  constructor(request: ModelRequest, provider: string) {
    this.#request = request;
    this.#provider = provider;
    const said = request.messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ tool }) => tool));
    for (const name of [...(request.tools ?? []).map((tool) => tool.name), ...said]) this.#name(name);
  }

  #name(name: string): string {
    const known = this.#toWire.get(name);
    if (known) return known;
    const plain = name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64);
    const wire = this.#fromWire.has(plain) ? `${plain.slice(0, 60)}_${this.#fromWire.size}` : plain;
    this.#toWire.set(name, wire);
    this.#fromWire.set(wire, name);
    return wire;
  }

  /** Nothing where there are none: hosts without tools never see the word. */
  offer(): Pick<LanguageModelV4CallOptions, "tools" | "toolChoice"> {
    const { tools = [] } = this.#request;
    if (tools.length === 0) return {};
    return {
      tools: tools.map(({ name, description, input }) => ({ type: "function", name: this.#name(name), description, inputSchema: input as object })),
      toolChoice: { type: "auto" },
    };
  }

  messages(): LanguageModelV4Message[] {
    const made: LanguageModelV4Message[] = [];
    for (const message of this.#request.messages) {
      const last = made.at(-1);
      if (message.role === "user") made.push({ role: "user", content: [{ type: "text", text: message.content }] });
      else if (message.role === "assistant") made.push(this.#answer(message));
      // The results of one answer's calls belong together.
      else if (last?.role === "tool") last.content.push(...this.#results(message));
      else made.push({ role: "tool", content: this.#results(message) });
    }
    return made;
  }

  #answer({ content, toolCalls = [] }: Message): LanguageModelV4Message {
    const said = content === "" ? [] : [{ type: "text" as const, text: content }];
    const calls = toolCalls.map(({ id, tool, input, opaque }) => ({
      type: "tool-call" as const,
      toolCallId: id,
      toolName: this.#name(tool),
      input,
      ...(opaque ? { providerOptions: opaque as unknown as SharedV4ProviderOptions } : {}),
    }));
    return { role: "assistant", content: [...said, ...calls] };
  }

  #results({ content, call }: Message): ToolMessage["content"] {
    if (!call) return [];
    const output = call.ok ? { type: "text" as const, value: content } : { type: "error-text" as const, value: content };
    return [{ type: "tool-result", toolCallId: call.id, toolName: this.#name(call.tool), output }];
  }

  /** What a model asked for. A name it made up and an input that is no JSON are passed on as they are, to be told so. */
  asked(calls: readonly LanguageModelV4ToolCall[]): Pick<ModelResponse, "toolCalls"> {
    const ours = calls.filter(({ providerExecuted }) => !providerExecuted);
    if (ours.length === 0) return {};
    return {
      toolCalls: ours.map(({ toolCallId, toolName, input, providerMetadata }) => ({
        id: toolCallId,
        tool: this.#fromWire.get(toolName) ?? toolName,
        input: parsed(input),
        // OpenAI's metadata points at items of its own store; Google's holds the signature it wants back.
        ...(providerMetadata && this.#provider !== "openai" ? { opaque: JSON.parse(JSON.stringify(providerMetadata)) as Json } : {}),
      })),
    };
  }
}

function parsed(input: string): Json {
  if (input.trim() === "") return {};
  try {
    return JSON.parse(input) as Json;
  } catch {
    return input;
  }
}
