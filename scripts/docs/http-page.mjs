import { openApi } from "../../host-node/src/server/openapi.ts";
import { routes } from "../../host-node/src/server/routes.ts";
import { typeBlock, typeText } from "./type-text.mjs";

/** docs/http-api.md: the routes of the server's own OpenAPI description. */
export async function httpPage() {
  const { paths } = await openApi("", routes);
  const lines = [
    "# The HTTP API",
    "",
    "Generated from the server's routes by `node scripts/docs.mjs`; do not edit. A running server gives the whole as OpenAPI at `/api/openapi.json`.",
    "",
    "`orrery serve` listens on 127.0.0.1 and prints its address. Routes that need it take the token as `Authorization: Bearer TOKEN`. A refusal is `{ error: { code, message, do } }` with a code of [error-codes.md](error-codes.md).",
    "",
  ];
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { summary, security, parameters = [], requestBody, responses }] of Object.entries(methods)) {
      lines.push(`## ${method.toUpperCase()} ${path}`, "", `${summary}${security ? "" : " Needs no token."}`, "");
      for (const { name, in: where, required, schema, description } of parameters) {
        lines.push(`- \`${name}\` (${where}${required ? "" : ", optional"}): \`${typeText(schema)}\`${description ? `; ${description}` : ""}`);
      }
      if (parameters.length > 0) lines.push("");
      const body = requestBody?.content?.["application/json"]?.schema;
      const [status, answer] = Object.entries(responses).find(([code]) => code.startsWith("2")) ?? [];
      const schema = answer && Object.values(answer.content ?? {})[0]?.schema;
      if (!body && !schema) continue;
      lines.push("```ts");
      if (body) lines.push(`body: ${typeBlock(body)}`);
      if (schema) lines.push(`${status}: ${typeBlock(schema)}`);
      lines.push("```", "");
    }
  }
  return lines.join("\n");
}
