// The peer of the server's start: a Fastify with one route and nothing else. node empty-fastify.mjs PORT
import { createRequire } from "node:module";

const { fastify } = createRequire(new URL("../../host-node/package.json", import.meta.url))("fastify");
const app = fastify();
app.get("/healthz", () => ({ ok: true }));
await app.listen({ host: "127.0.0.1", port: Number(process.argv[2]) });
