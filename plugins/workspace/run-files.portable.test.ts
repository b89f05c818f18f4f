import { createTestHost } from "@orrery/sdk/testing";
import { Workspace } from "@orrery/sdk";
import { describe, expect, it, onTestFinished } from "vitest";
import workspacePlugin from "./index.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (found: { bytes: Uint8Array } | undefined): string | undefined => found && new TextDecoder().decode(found.bytes);
async function open(config?: object): Promise<Workspace> {
  const host = await createTestHost({ plugins: [[workspacePlugin, config ? { config } : {}]] });
  onTestFinished(() => host.close());
  return host.kernel.service(Workspace) as Workspace;
}

describe("the workspace of a run", () => {
  it("keeps every version, and no second one of the same content", async () => {
    const files = await open();
    expect(await files.write("r", "notes/plan.md", bytes("one"), "s1")).toMatchObject({
      path: "notes/plan.md",
      version: 1,
      bytes: 3,
      mediaType: "text/markdown",
    });
    await files.write("r", "./notes/plan.md", bytes("one"), "s2");
    expect(await files.write("r", "notes/plan.md", bytes("two!"), "s2")).toMatchObject({ version: 2, from: "s2" });
    await files.write("r", "a.csv", bytes("1"), "s1");
    expect((await files.list("r")).map(({ path, version }) => [path, version])).toEqual([
      ["a.csv", 1],
      ["notes/plan.md", 2],
    ]);
    expect([text(await files.read("r", "notes/plan.md")), text(await files.read("r", "notes/plan.md", 1))]).toEqual(["two!", "one"]);
    expect((await files.versions("r", "notes/plan.md")).map(({ from }) => from)).toEqual(["s1", "s2"]);
    expect(await files.read("r", "notes/plan.md", 3)).toBeUndefined();
  });

  it("is one run's own, whatever the path or the run is called", async () => {
    const files = await open();
    await files.write("a", "x", bytes("a's"), "s");
    await files.write("a/content/0", "x", bytes("other"), "s");
    expect(text(await files.read("a", "x"))).toBe("a's");
    expect(await files.read("b", "x")).toBeUndefined();
    expect(await files.list("b")).toEqual([]);
  });

  it.each([
    "",
    "/etc/passwd",
    "../x",
    "a/../../x",
    "a/./b",
    "..",
    "a//b",
    "a/",
    "C:/x",
    "c:\\x",
    "..\\x",
    "x\0.md",
    "x\n",
    "\u202egnp.exe",
    "nul",
    "a/CON.txt",
    "x.",
    "x ",
    " x",
    "...",
    "a".repeat(300),
    "file:///x",
    "a*",
  ])("refuses the path %j", async (path) => {
    const files = await open();
    await expect(files.write("r", path, bytes("x"), "s")).rejects.toMatchObject({ code: "WORKSPACE_PATH" });
    await expect(files.read("r", path)).rejects.toMatchObject({ code: "WORKSPACE_PATH" });
    expect(await files.list("r")).toEqual([]);
  });

  it("is as large as the host says, in files and bytes, and what is there stays", async () => {
    const files = await open({ maxFiles: 2, maxFileBytes: 10, maxRunBytes: 15 });
    const write = (path: string, content: string) => files.write("r", path, bytes(content), "s");
    await expect(write("big", "x".repeat(11))).rejects.toMatchObject({ code: "WORKSPACE_FULL" });
    await write("a", "12345");
    await write("b", "12345");
    await expect(write("c", "1")).rejects.toMatchObject({ code: "WORKSPACE_FULL" });
    await write("a", "54321");
    await expect(write("a", "1")).rejects.toMatchObject({ code: "WORKSPACE_FULL" });
    expect(text(await files.read("r", "a"))).toBe("54321");
  });

  it("loses nothing when many write at once", async () => {
    const files = await open();
    await Promise.all(Array.from({ length: 30 }, (_, i) => files.write("r", i % 2 ? "odd" : "even", bytes(String(i)), `s${i}`)));
    expect((await files.list("r")).map(({ path, version }) => [path, version])).toEqual([
      ["even", 15],
      ["odd", 15],
    ]);
    for (const { version } of await files.versions("r", "odd")) expect(text(await files.read("r", "odd", version))).toBe(String(version * 2 - 1));
  });
});
