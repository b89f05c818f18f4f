import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { frameScript, frameScriptHash } from "../../host-browser/src/sandbox/frame-document.ts";
import { securityHeaders } from "../../host-node/src/server/page.ts";
import { pagePolicy } from "../../playground/build/policy.ts";

it("the page's policy, and the server's, let the one script of a sandbox's frame run, and no other inline", () => {
  expect(frameScriptHash).toBe(`sha256-${createHash("sha256").update(frameScript).digest("base64")}`);
  for (const policy of [pagePolicy, securityHeaders["content-security-policy"]]) {
    const scripts = /script-src ([^;]*)/.exec(policy ?? "")?.[1]?.split(" ") ?? [];
    expect(scripts.filter((each) => !["'self'", "blob:", "'wasm-unsafe-eval'"].includes(each))).toEqual([`'${frameScriptHash}'`]);
  }
});
