import { describe, expect, it } from "vitest";
import { compilePlugin } from "./compile.ts";

describe("an edited plugin's source", () => {
  it("loses its types and gets its SDK from where it is told", async () => {
    const code = await compilePlugin(
      'import { definePlugin, type Step } from "@orrery/sdk";\nconst x: number = 1;\nexport default definePlugin({ x } as never);',
      "blob:sdk",
    );
    expect(code).toContain('from "blob:sdk"');
    expect(code).not.toMatch(/number|Step|as never|@orrery/);
  });
  it("may name other modules in text, but not import them", async () => {
    const text =
      'import { definePlugin } from "@orrery/sdk";\n// taken from "lodash"\nexport const from = "lodash";\nexport default definePlugin({} as never);';
    expect(await compilePlugin(text, "blob:sdk")).toContain('"lodash"');
    await expect(compilePlugin('import _ from "lodash";\nexport default _;', "blob:sdk")).rejects.toMatchObject({ code: "IMPORT_UNKNOWN" });
    await expect(compilePlugin('export { x } from "./x.ts";', "blob:sdk")).rejects.toMatchObject({ code: "IMPORT_UNKNOWN" });
  });
  it("that cannot be parsed is told with its place", async () => {
    await expect(compilePlugin("export default {", "blob:sdk")).rejects.toMatchObject({ code: "SOURCE_INVALID", message: expect.stringMatching(/\(1:\d+\)/) });
  });
});
