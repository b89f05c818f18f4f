import { frameScriptHash } from "@orrery/host-browser/sandbox";

/** The page's Content-Security-Policy; a sandbox's frame inherits it, so it names that frame's one script. Servers that can set headers send the same. */
export const pagePolicy = [
  "default-src 'self'",
  `script-src 'self' blob: 'wasm-unsafe-eval' '${frameScriptHash}'`,
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
