import { describe, expect, it } from "vitest";
import { bearer, createGate, hostNames } from "./gate.ts";
import { tooDeep } from "./json-depth.ts";

const names = hostNames("127.0.0.1", 4400, ["orrery.lan", "proxy.example:8443"]);
const gate = (now = () => 0) => createGate({ token: "right", hosts: () => names, now });

describe("the gate", () => {
  it("knows its own names, with their port, and no others", () => {
    for (const host of ["127.0.0.1:4400", "localhost:4400", "LOCALHOST:4400", "[::1]:4400", "orrery.lan:4400", "proxy.example:8443"])
      expect(gate().place({ host }), host).toBeUndefined();
    for (const host of [
      undefined,
      "",
      "localhost",
      "127.0.0.1",
      "127.0.0.1:4401",
      "evil.example:4400",
      "localhost:4400.evil.example",
      "evil.example#127.0.0.1:4400",
      "127.0.0.1:4400@evil",
      "proxy.example:4400",
    ])
      expect(gate().place({ host }), host).toMatchObject({ status: 403, code: "HOST_REFUSED" });
  });

  it("answers its own page and programs, and no other site's page", () => {
    const host = "127.0.0.1:4400";
    for (const origin of [undefined, "http://127.0.0.1:4400", "http://localhost:4400", "https://proxy.example:8443"])
      expect(gate().place({ host, ...(origin ? { origin } : {}) }), origin).toBeUndefined();
    for (const origin of [
      "null",
      "http://evil.example",
      "http://127.0.0.1",
      "http://127.0.0.1:4401",
      "http://127.0.0.1:4400.evil.example",
      "file://",
      "chrome-extension://abc",
      "http://evil.example/127.0.0.1:4400",
    ])
      expect(gate().place({ host, origin }), origin).toMatchObject({ status: 403, code: "ORIGIN_REFUSED" });
  });

  it("lets the right token in and counts wrong ones, by peer, for a minute", () => {
    let now = 0;
    const tried = gate(() => now);
    expect(tried.token("right", "a")).toBeUndefined();
    expect(tried.token(undefined, "a")?.code).toBe("TOKEN_MISSING");
    for (let i = 0; i < 19; i++) expect(tried.token("wrong", "a")?.status).toBe(401);
    expect(tried.token("wrong", "a")).toMatchObject({ status: 429, retryAfterS: 60 });
    expect(tried.token("wrong", "b")?.status).toBe(401);
    // The token itself is not shut out by somebody else's guessing on the same machine.
    expect(tried.token("right", "a")).toBeUndefined();
    now = 60_001;
    expect(tried.token("wrong", "a")?.status).toBe(401);
  });

  it("forgets peers instead of growing without end", () => {
    const tried = gate();
    for (let i = 0; i < 10_050; i++) tried.token("wrong", `peer ${i}`);
    expect(tried.token("wrong", "one more")?.status).toBe(429);
    expect(tried.token("right", "one more")).toBeUndefined();
  });

  it("reads a bearer token and nothing else", () => {
    expect([bearer("Bearer abc"), bearer("bearer  abc"), bearer("Basic abc"), bearer("Bearer"), bearer(undefined), bearer("Bearer a b")]).toEqual([
      "abc",
      "abc",
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("nesting", () => {
  it("is measured outside strings", () => {
    expect(tooDeep("[".repeat(64) + "]".repeat(64))).toBe(false);
    expect(tooDeep("[".repeat(65) + "]".repeat(65))).toBe(true);
    expect(tooDeep(JSON.stringify({ text: "[".repeat(1_000) }))).toBe(false);
    expect(tooDeep(JSON.stringify({ text: `\\"${"{".repeat(1_000)}` }))).toBe(false);
    expect(tooDeep('{"a":'.repeat(100_000))).toBe(true);
  });
});
