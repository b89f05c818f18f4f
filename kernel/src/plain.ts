const maxDepth = 100;

/** Where `value` stops being plain structured-cloneable data, as a path like `.a.2`, or undefined when it is plain throughout. */
export function findNotPlain(value: unknown, path = "", above: object[] = []): string | undefined {
  if (typeof value === "function" || typeof value === "symbol") return path || "the value itself";
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || value instanceof Float32Array) return undefined;
  if (above.length >= maxDepth || above.includes(value)) return path;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The Object.prototype of another realm has no prototype either: what a worker or a frame sent is plain too.
  if (!Array.isArray(value) && prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null)
    return path || "the value itself";
  above.push(value);
  for (const key of Object.keys(value)) {
    const member = (value as { readonly [key: string]: unknown })[key];
    if (typeof member === "string" || typeof member === "number") continue;
    const found = findNotPlain(member, `${path}.${key}`, above);
    if (found !== undefined) return found;
  }
  above.pop();
  return undefined;
}
