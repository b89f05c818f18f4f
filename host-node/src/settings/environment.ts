/** Environment variables that set something, and what they set. */
export const environment: readonly { name: string; path: string; kind: "text" | "number" | "boolean" | "list" }[] = [
  { name: "ORRERY_ACTOR", path: "actor", kind: "text" },
  { name: "ORRERY_WORKSPACE", path: "workspace", kind: "text" },
  { name: "ORRERY_MODEL", path: "model", kind: "text" },
  { name: "ORRERY_TOPOLOGY", path: "topology", kind: "text" },
  { name: "ORRERY_CAP_USD", path: "spending.capUsd", kind: "number" },
  { name: "ORRERY_DAY_CAP_USD", path: "spending.dayCapUsd", kind: "number" },
  { name: "ORRERY_HOST", path: "server.host", kind: "text" },
  { name: "ORRERY_PORT", path: "server.port", kind: "number" },
  { name: "ORRERY_ALLOWED_HOSTS", path: "server.allowedHosts", kind: "list" },
  { name: "ORRERY_DISCOVER", path: "discover", kind: "boolean" },
  { name: "ORRERY_LOG", path: "log", kind: "text" },
  { name: "ORRERY_PLUGINS", path: "plugins", kind: "list" },
];

/** The settings the environment gives, nested as the schema has them. Values that make no sense are left for the schema to refuse. */
export function fromEnvironment(env: NodeJS.ProcessEnv): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const { name, path, kind } of environment) {
    const text = env[name];
    if (text === undefined || text === "") continue;
    place(
      found,
      path,
      kind === "text"
        ? text
        : kind === "list"
          ? text
              .split(",")
              .map((part) => part.trim())
              .filter(Boolean)
          : literal(text, kind),
    );
  }
  return found;
}

function literal(text: string, kind: "number" | "boolean"): unknown {
  if (kind === "number") return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
  return /^(1|true|yes|on)$/i.test(text) ? true : /^(0|false|no|off)$/i.test(text) ? false : text;
}

/** Sets `a.b.c` in a nested object, making what is missing on the way. Keys that have points in them come as a list. */
export function place(target: Record<string, unknown>, path: string | readonly string[], value: unknown): void {
  const keys = typeof path === "string" ? path.split(".") : [...path];
  const last = keys.pop() ?? "";
  let at = target;
  for (const key of keys) {
    const next = Object.hasOwn(at, key) ? at[key] : undefined;
    const inner: Record<string, unknown> = typeof next === "object" && next !== null && !Array.isArray(next) ? (next as Record<string, unknown>) : {};
    define(at, key, inner);
    at = inner;
  }
  if (value === undefined) delete at[last];
  else define(at, last, value);
}

// A key like "__proto__" is a key like any other, and for the schema to refuse.
const define = (target: object, key: string, value: unknown) =>
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
