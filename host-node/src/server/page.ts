import { access } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { FastifyReply, FastifyRequest } from "fastify";

// The hash is that of the one script in a sandbox's frame, which inherits this policy.
const csp = [
  "default-src 'self'",
  "script-src 'self' blob: 'wasm-unsafe-eval' 'sha256-8IREr09oyqj49hXi9cqePWzLhZSOmISkFYA15M+09yI='",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Sent with every answer. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": csp,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
};

// Beside the bundle, or in the workspace: from the bundle's folder and from this file's.
const places = ["page/", "../../playground/dist/", "../../../playground/dist/"];

/** The folder of the built page; undefined when it was not built. */
export async function findPage(): Promise<string | undefined> {
  for (const place of places) {
    const folder = fileURLToPath(new URL(place, import.meta.url));
    if (
      await access(`${folder}index.html`).then(
        () => true,
        () => false,
      )
    )
      return folder;
  }
  return undefined;
}

/** Answers with a file of the page; undefined when there is none of that name. Names with a hash in them may be kept for ever; the rest is asked for again. */
export async function sendPage(root: string, path: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const hashed = /\/assets\/[^/]+-[\w-]{8,}\.\w+$/.test(path);
  const { send } = await import("@fastify/send");
  const found = await send(request.raw, path, { root, dotfiles: "deny", index: "index.html", immutable: hashed, maxAge: hashed ? 31_536_000_000 : 0 });
  if (found.type !== "error") return reply.code(found.statusCode).headers(found.headers).send(found.stream);
  found.stream.destroy();
  return undefined;
}
