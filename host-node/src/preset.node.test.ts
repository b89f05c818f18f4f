import { readdirSync, readFileSync } from "node:fs";
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { preset } from "./preset.ts";

const plugins = fileURLToPath(new URL("../../plugins", import.meta.url));

describe("the preset", () => {
  it("loads each plugin under the id it has in its manifest", async () => {
    const ids = await Promise.all(preset.map(async ({ load }) => (await load()).default.manifest.id));
    expect(ids).toEqual(preset.map(({ id }) => id));
  });

  it("holds every plugin there is", () => {
    const source = readFileSync(new URL("./preset.ts", import.meta.url), "utf8");
    const listed = [...source.matchAll(/import\("@orrery\/plugins\/([^"]+)"\)/g)].map(([, folder]) => folder).sort();
    const there = readdirSync(plugins, { recursive: true, withFileTypes: true })
      .filter(
        ({ name, parentPath }) =>
          name === "index.ts" && !parentPath.includes("node_modules") && readFileSync(`${parentPath}/${name}`, "utf8").includes("export default"),
      )
      .map(({ parentPath }) => relative(plugins, parentPath).split(sep).join("/"))
      .sort();
    expect(listed).toEqual(there);
  });
});
