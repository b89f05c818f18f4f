import { definePlugin, type Json, type ToolSpec, Web } from "@orrery/sdk";
import { z } from "zod";

const url = { type: "string", maxLength: 4_000, description: "http or https" };
const shape = (properties: { [key: string]: Json }, required: string[]) => ({ type: "object", properties, required, additionalProperties: false });
const specs: ToolSpec[] = [
  {
    name: "fetch.get",
    description: "Gets a page or a file of text from the web. HTML comes as plain text.",
    input: shape({ url }, ["url"]),
    effects: ["network"],
    idempotent: true,
  },
  {
    name: "fetch.post",
    description: "Posts text to an address of the web and gives the answer.",
    input: shape(
      { url, body: { type: "string", maxLength: 100_000 }, type: { type: "string", maxLength: 100, description: "Media type; default: application/json" } },
      ["url", "body"],
    ),
    effects: ["network"],
    idempotent: false,
  },
];

/** HTTP for agents, through the host's own way out: hosts the operator allows, public addresses only, a cap on size and time. */
export default definePlugin({
  manifest: {
    id: "orrery.tool.fetch",
    version: "0.1.0",
    api: "^1.0",
    title: "Fetch",
    description: "Lets agents read from and post to the web hosts the operator allows.",
  },
  config: z
    .strictObject({
      maxBytes: z.int().positive().default(1_000_000).describe("Bytes taken of one answer"),
      timeoutMs: z.number().positive().default(20_000).describe("Milliseconds for one request, redirects included"),
    })
    .prefault({}),
  requires: { web: Web },
  setup({ use: { web }, config, tap }) {
    tap("tool.list", () => specs);
    tap("tool.call", async ({ tool, input, origin: { run } }, { signal }) => {
      if (!specs.some(({ name }) => name === tool)) return undefined;
      const { perform } = await import("./perform.ts");
      return perform(
        { fetch: (url, init) => web.fetch(url, { ...init, run }) },
        tool === "fetch.post",
        input as { url: string; body?: string; type?: string },
        config,
        signal,
      );
    });
  },
});
