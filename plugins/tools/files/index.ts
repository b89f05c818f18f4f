import { definePlugin, type Json, type ToolCall, type ToolResult, type ToolSpec, Workspace } from "@orrery/sdk";

const path = { type: "string", maxLength: 240, description: "Relative to the run's folder, as notes/plan.md" };
const shape = (properties: { [key: string]: Json }, required: string[]) => ({ type: "object", properties, required, additionalProperties: false });

const specs: ToolSpec[] = [
  { name: "files.list", description: "Lists the files of this run.", input: shape({}, []), effects: [], idempotent: true },
  {
    name: "files.read",
    description: "Reads a file of this run; an earlier version with `version`.",
    input: shape({ path, version: { type: "integer", minimum: 1 } }, ["path"]),
    effects: [],
    idempotent: true,
  },
  {
    name: "files.write",
    description: "Writes a file of this run. What was there stays as an earlier version.",
    input: shape({ path, content: { type: "string", maxLength: 1_000_000 } }, ["path", "content"]),
    effects: ["writes"],
    // The same content again is no new version.
    idempotent: true,
  },
];

/** The run's own files for agents: list, read and write, every version kept, and nothing outside the run. */
export default definePlugin({
  manifest: {
    id: "orrery.tool.files",
    version: "0.1.0",
    api: "^1.0",
    title: "Files",
    description: "Lets agents list, read and write the files of their own run; every version is kept.",
  },
  requires: { workspace: Workspace },
  setup({ use: { workspace }, tap }) {
    tap("tool.list", () => specs);
    tap("tool.call", (call) => (specs.some(({ name }) => name === call.tool) ? perform(workspace, call) : undefined));
  },
});

async function perform(workspace: Workspace, { tool, input, origin: { run, step } }: ToolCall): Promise<ToolResult> {
  const { path: at = "", content = "", version } = input as { path?: string; content?: string; version?: number };
  if (tool === "files.list") {
    const files = await workspace.list(run);
    return { ok: true, output: files.map(({ path: name, bytes, version: newest }) => ({ path: name, bytes, version: newest })) };
  }
  if (tool === "files.read") {
    const found = await workspace.read(run, at, version);
    if (found) return { ok: true, output: new TextDecoder().decode(found.bytes) };
    const message = `there is no "${at}"${version === undefined ? "" : ` of version ${version}`}`;
    return { ok: false, output: { code: "FILE_UNKNOWN", message } };
  }
  const { path: name, version: made, bytes, mediaType, sha256 } = await workspace.write(run, at, new TextEncoder().encode(content), step);
  return { ok: true, output: { path: name, version: made, bytes }, files: [{ name, version: made, bytes, mediaType, ...(sha256 ? { sha256 } : {}) }] };
}
