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

  it("gives another run the versions it asks for, which go on from there each on its own", async () => {
    const files = await open();
    for (const content of ["one", "two", "three"]) await files.write("r", "plan.md", bytes(content), content);
    await files.write("r", "b.md", bytes("b"), "s");
    await files.copyFiles("r", "fork", [
      { path: "plan.md", version: 1 },
      { path: "plan.md", version: 2 },
      { path: "gone.md", version: 1 },
    ]);
    expect((await files.versions("fork", "plan.md")).map(({ version, from }) => [version, from])).toEqual([
      [1, "one"],
      [2, "two"],
    ]);
    expect((await files.list("fork")).map(({ path }) => path)).toEqual(["plan.md"]);
    expect(await files.write("fork", "plan.md", bytes("other"), "s")).toMatchObject({ version: 3 });
    expect([text(await files.read("fork", "plan.md")), text(await files.read("r", "plan.md"))]).toEqual(["other", "three"]);
  });

  it("forgets a run's files and those of no other", async () => {
    const files = await open();
    for (const run of ["r", "r/content/0", "r2"]) for (const content of ["one", "two"]) await files.write(run, "x", bytes(content + run), "s");
    await files.removeFiles("r");
    await files.removeFiles("never");
    expect([await files.list("r"), await files.read("r", "x", 1)]).toEqual([[], undefined]);
    expect([text(await files.read("r/content/0", "x", 1)), text(await files.read("r2", "x"))]).toEqual(["oner/content/0", "twor2"]);
    expect(await files.write("r", "x", bytes("anew"), "s")).toMatchObject({ version: 1 });
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
