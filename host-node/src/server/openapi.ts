import swagger from "@fastify/swagger";
import fastify from "fastify";
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { failure, type Operation, schemas } from "./schemas.ts";

/** What the description needs of a route. */
export interface DescribedRoute {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  url: string;
  operation: Operation;
  auth: "token" | "public";
  summary: string;
}

/** The API's description, made from the same table the server's routes are made from. Built when asked for: it needs libraries the server does not. */
export async function openApi(version: string, routes: readonly DescribedRoute[]): Promise<object> {
  const app = fastify();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(swagger, {
    openapi: {
      info: { title: "Orrery", version, description: "Runs of a team of agents on this machine." },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    },
    transform: jsonSchemaTransform,
  });
  app.after(() => {
    for (const { method, url, operation, auth, summary } of routes) {
      const { response, ...taken } = schemas[operation];
      const begins = operation === "submit" || operation === "example" || operation === "fork";
      const status = begins ? 202 : operation === "installPackage" ? 201 : 200;
      app.route({
        method,
        url,
        schema: {
          operationId: operation,
          summary,
          ...taken,
          ...(auth === "token" ? { security: [{ token: [] }] } : {}),
          response: { [status]: response, "4xx": failure },
        },
        handler: async () => ({}),
      });
    }
  });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}
