import { KernelError } from "./errors.ts";
import type { AnyPlugin, Manifest } from "./contract.ts";

/** The API this kernel offers; a manifest's `api` range must include it. */
export const apiVersion = "1.0.0";

const idShape = /^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+$/;
const versionShape = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const rangeShape = /^\^(0|[1-9]\d*)(\.(0|[1-9]\d*))?(\.(0|[1-9]\d*))?$/;
const capabilityShape = /^(\*|[a-z][a-zA-Z0-9]*([.-][a-zA-Z0-9]+)*(:[^\s:][^\s]*)?)$/;
const limits = { id: 100, version: 64, title: 100, description: 2000, capabilities: 100, capability: 200, reason: 500 };

/** @throws MANIFEST_INVALID naming every bad field; API_MISMATCH when the range excludes this kernel's API. */
export function validateManifest(value: unknown): asserts value is Manifest {
  const problems: string[] = [];
  const manifest = (typeof value === "object" && value !== null ? value : {}) as { readonly [field: string]: unknown };
  if (manifest !== value) problems.push("it must be an object");
  const text = (field: "id" | "version" | "api" | "title" | "description", shape: RegExp | undefined, max: number, words: string): void => {
    const found = manifest[field];
    if (found === undefined && shape === undefined) return;
    if (typeof found !== "string" || found.length > max || (shape !== undefined && !shape.test(found)))
      problems.push(`${field} must be ${words} of at most ${max} characters, not ${show(found)}`);
  };
  text("id", idShape, limits.id, "author.name in lower case");
  text("version", versionShape, limits.version, "a semantic version as 1.2.0");
  text("api", rangeShape, limits.version, "a caret range as ^1.0");
  text("title", undefined, limits.title, "a text");
  text("description", undefined, limits.description, "a text");
  problems.push(...capabilityProblems(manifest["capabilities"]));
  const plugin = typeof manifest["id"] === "string" ? manifest["id"].slice(0, limits.id) : undefined;
  if (problems.length > 0) throw new KernelError("MANIFEST_INVALID", { plugin, detail: problems.join("; ") });
  const api = manifest["api"] as string;
  if (!includesApi(api)) throw new KernelError("API_MISMATCH", { plugin, detail: `manifest.api is ${api}, this kernel offers ${apiVersion}` });
}

/** @throws MANIFEST_INVALID when the definition around the manifest is not one. */
export function validateDefinition(definition: unknown): asserts definition is AnyPlugin {
  const found = (typeof definition === "object" && definition !== null ? definition : {}) as Partial<AnyPlugin>;
  validateManifest(found.manifest);
  const plugin = found.manifest.id;
  const invalid = (detail: string): KernelError => new KernelError("MANIFEST_INVALID", { plugin, detail });
  if (typeof found.setup !== "function") throw invalid("setup must be a function");
  for (const token of [...Object.values(found.requires ?? {}), ...(found.provides ?? [])]) {
    if (typeof token?.id !== "string") throw invalid(`requires and provides hold tokens, not ${show(token)}`);
  }
  if (found.config !== undefined && typeof found.config["~standard"]?.validate !== "function") throw invalid("config must be a Standard Schema");
}

export const requiredIds = (plugin: AnyPlugin): string[] => Object.values(plugin.requires ?? {}).map((token) => token.id);
export const providedIds = (plugin: AnyPlugin): string[] => (plugin.provides ?? []).map((token) => token.id);

/** @throws SERVICE_CONFLICT when another plugin lists the same service (one provider a service); REQUIRES_CYCLE with the path, each step naming the service it goes by. */
export function assertFits(plugin: AnyPlugin, installed: Iterable<{ readonly definition: AnyPlugin }>): void {
  const { id } = plugin.manifest;
  const others = Array.from(installed, (each) => each.definition).filter((each) => each.manifest.id !== id);
  const providers = new Map(others.flatMap((each) => providedIds(each).map((service) => [service, each] as const)));
  for (const service of providedIds(plugin)) {
    const other = providers.get(service);
    if (other && other !== plugin) throw new KernelError("SERVICE_CONFLICT", { plugin: id, detail: `${service} is provided by ${other.manifest.id}` });
    providers.set(service, plugin);
  }
  const seen = new Set<AnyPlugin>();
  const walk = (at: AnyPlugin, path: string): void => {
    for (const service of requiredIds(at)) {
      const next = providers.get(service);
      if (!next || seen.has(next)) continue;
      const here = `${path} → (${service}) ${next.manifest.id}`;
      if (next === plugin) throw new KernelError("REQUIRES_CYCLE", { plugin: id, detail: here });
      seen.add(next);
      walk(next, here);
    }
  };
  walk(plugin, id);
}

function capabilityProblems(found: unknown): string[] {
  if (found === undefined) return [];
  if (!Array.isArray(found) || found.length > limits.capabilities) return [`capabilities must be a list of at most ${limits.capabilities}`];
  return found.flatMap((each: unknown) => {
    const { name, reason } = (typeof each === "string" ? { name: each, reason: "" } : (each ?? {})) as { name?: unknown; reason?: unknown };
    if (typeof name !== "string" || name.length > limits.capability || !capabilityShape.test(name))
      return [`a capability must be name or name:scope, not ${show(name)}`];
    const justified = typeof reason === "string" && reason.length <= limits.reason;
    return justified ? [] : [`the reason for ${name} must be a text of at most ${limits.reason} characters`];
  });
}

/** A caret range takes its own major version, from its minor and patch on. */
function includesApi(range: string): boolean {
  const [wanted, offered] = [range.slice(1), apiVersion].map((text) => text.split(".").map(Number)) as [number[], number[]];
  const [minor, patch] = [1, 2].map((at) => (offered[at] ?? 0) - (wanted[at] ?? 0)) as [number, number];
  return wanted[0] === offered[0] && (minor > 0 || (minor === 0 && patch >= 0));
}

function show(value: unknown): string {
  return typeof value === "string" ? `"${value.slice(0, 60)}"` : value === null ? "null" : typeof value;
}
