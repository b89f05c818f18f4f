const maxDepth = 100;

/** Where `value` stops being plain structured-cloneable data, as a path like `.a[2]`, or undefined when it is plain throughout. */
export function findNotPlain(value: unknown): string | undefined {
  return look(value, "", []);
}

function look(value: unknown, path: string, above: object[]): string | undefined {
  if (typeof value === "function" || typeof value === "symbol") return path || "the value itself";
  if (typeof value !== "object" || value === null) return undefined;
  if (above.length >= maxDepth || above.includes(value)) return path;
  above.push(value);
  const found = Array.isArray(value) ? lookInList(value, path, above) : lookInObject(value, path, above);
  above.pop();
  return found;
}

function lookInList(list: readonly unknown[], path: string, above: object[]): string | undefined {
  for (let at = 0; at < list.length; at++) {
    const item = list[at];
    if (typeof item === "string" || typeof item === "number") continue;
    const found = look(item, `${path}[${at}]`, above);
    if (found !== undefined) return found;
  }
  return undefined;
}

function lookInObject(object: object, path: string, above: object[]): string | undefined {
  if (object instanceof Uint8Array || object instanceof Float32Array) return undefined;
  const prototype: unknown = Object.getPrototypeOf(object);
  // Object.prototype of another realm has no prototype either: an object a worker or a frame sent is plain too.
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) return path || "the value itself";
  for (const key of Object.keys(object)) {
    const member = (object as { readonly [key: string]: unknown })[key];
    if (typeof member === "string" || typeof member === "number") continue;
    const found = look(member, `${path}.${key}`, above);
    if (found !== undefined) return found;
  }
  return undefined;
}
