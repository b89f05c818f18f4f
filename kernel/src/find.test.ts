import { describe, expect, it } from "vitest";
import { createKernel, token } from "./index.ts";
import { testPlatform } from "./testing/platform.ts";

const Shape = token<{ sides: number }>("acme.shape.square@1");
const provider = {
  manifest: { id: "acme.square", version: "1.0.0", api: "^1.0" },
  provides: [Shape],
  setup: ({ provide }: { provide: (token: typeof Shape, service: { sides: number }) => unknown }) => void provide(Shape, { sides: 4 }),
};

describe("services found by a name known only at run time", () => {
  const seeker = (capabilities: string[], look: (context: { find: (token: unknown) => unknown; services: (prefix: string) => readonly string[] }) => void) => ({
    manifest: { id: "acme.seeker", version: "1.0.0", api: "^1.0", capabilities },
    setup: look,
  });

  it("finds what is provided, and lists it under its prefix", async () => {
    const kernel = createKernel({ hooks: {}, platform: testPlatform() });
    await kernel.install(provider as never, { tier: "core" });
    let found: unknown;
    let listed: readonly string[] = [];
    const report = await kernel.install(
      seeker(["service.find:acme.shape.*"], ({ find, services }) => {
        found = find(Shape);
        listed = services("acme.shape.");
        expect(find(token("acme.shape.circle@1"))).toBeUndefined();
      }) as never,
      { tier: "core" },
    );
    expect(report.error).toBeUndefined();
    expect(found).toEqual({ sides: 4 });
    expect(listed).toEqual(["acme.shape.square@1"]);
    await kernel.close();
  });

  it("finds nothing for a plugin without the capability", async () => {
    const kernel = createKernel({ hooks: {}, platform: testPlatform() });
    await kernel.install(provider as never, { tier: "core" });
    const report = await kernel.install(seeker([], ({ find }) => find(Shape)) as never, { tier: "core" });
    expect(report).toMatchObject({ state: "failed", error: { code: "CAPABILITY_DENIED" } });
    await kernel.close();
  });
});
