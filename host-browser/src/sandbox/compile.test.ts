import { describe, expect, it } from "vitest";
import { compilePlugin } from "./compile.ts";

describe("an edited plugin's source", () => {
  it("loses its types and keeps its SDK", async () => {
    const code = await compilePlugin(
      'import { definePlugin, type Step } from "@orrery/sdk";\nconst x: number = 1;\nexport default definePlugin({ x } as never);',
    );
    expect(code).toContain('from "@orrery/sdk"');
    expect(code).not.toMatch(/number|Step|as never/);
  });
  it("may name other modules in text, but not import them", async () => {
    const text =
      'import { definePlugin } from "@orrery/sdk";\n// taken from "lodash"\nexport const from = "lodash";\nexport default definePlugin({} as never);';
    expect(await compilePlugin(text)).toContain('"lodash"');
    await expect(compilePlugin('import _ from "lodash";\nexport default _;')).rejects.toMatchObject({ code: "IMPORT_UNKNOWN" });
    await expect(compilePlugin('export { x } from "./x.ts";')).rejects.toMatchObject({ code: "IMPORT_UNKNOWN" });
  });
  it("that cannot be parsed is told with its place", async () => {
    await expect(compilePlugin("export default {")).rejects.toMatchObject({ code: "SOURCE_INVALID", message: expect.stringMatching(/\(1:\d+\)/) });
  });
});
