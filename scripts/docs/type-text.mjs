/** A JSON Schema as a TypeScript type, objects deeper than `depth` as `object`: for people to read. */
export function typeText(schema, depth = 2) {
  if (schema === undefined || schema === true || Object.keys(schema).length === 0) return "unknown";
  if (schema.$ref) return "JSON";
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const union = schema.anyOf ?? schema.oneOf;
  if (union) return [...new Set(union.map((each) => typeText(each, depth)))].join(" | ");
  if (schema.type === "array") return arrayText(schema, depth);
  if (schema.type === "object") return objectText(schema, depth);
  if (Array.isArray(schema.type)) return schema.type.join(" | ");
  return schema.type ?? "unknown";
}

/** The same with each member of the outermost object on a line of its own. */
export function typeBlock(schema, depth = 2) {
  if (schema.type !== "object" || Object.keys(schema.properties ?? {}).length === 0) return typeText(schema, depth);
  const members = Object.entries(schema.properties).map(
    ([name, each]) => `  ${name}${schema.required?.includes(name) ? "" : "?"}: ${typeText(each, depth - 1)};`,
  );
  return ["{", ...members, "}"].join("\n");
}

function arrayText({ items, prefixItems }, depth) {
  if (prefixItems) return `[${prefixItems.map((each) => typeText(each, depth)).join(", ")}]`;
  const item = typeText(items, depth);
  return item.includes(" | ") ? `(${item})[]` : `${item}[]`;
}

function objectText({ properties, additionalProperties, required = [] }, depth) {
  if (!properties) return `{ [name: string]: ${typeText(additionalProperties, depth)} }`;
  if (depth <= 0 || Object.keys(properties).length === 0) return "object";
  const members = Object.entries(properties).map(([name, schema]) => `${name}${required.includes(name) ? "" : "?"}: ${typeText(schema, depth - 1)}`);
  return `{ ${members.join("; ")} }`;
}
