import { createTestHost } from "@orrery/sdk/testing";
import { sha256, Storage, Workspace } from "@orrery/sdk";
import { describe, expect, it, onTestFinished } from "vitest";
import workspacePlugin from "./index.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (found: { bytes: Uint8Array } | undefined): string | undefined => found && new TextDecoder().decode(found.bytes);
async function opened(config?: object): Promise<{ files: Workspace; storage: Storage }> {
  const host = await createTestHost({ plugins: [[workspacePlugin, config ? { config } : {}]] });
  onTestFinished(() => host.close());
  return { files: host.kernel.service(Workspace) as Workspace, storage: host.kernel.service(Storage) as Storage };
}
const open = async (config?: object): Promise<Workspace> => (await opened(config)).files;

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

  it("knows each version by its hash, and gives nothing else for it", async () => {
    const { files, storage } = await opened();
    expect(await files.write("r", "plan.md", bytes("one"), "s")).toMatchObject({ sha256: await sha256("one") });
    await files.write("r", "plan.md", bytes("two"), "s");
    expect(await files.hashOf("r", "plan.md", 1)).toBe(await sha256("one"));
    expect([await files.hashOf("r", "plan.md", 3), await files.hashOf("q", "plan.md", 1)]).toEqual([undefined, undefined]);
    await storage.open("orrery.workspace").setBytes("content/r/0", bytes("forged"));
    await expect(files.read("r", "plan.md", 1)).rejects.toMatchObject({ code: "FILE_CHANGED", message: expect.stringContaining(await sha256("one")) });
    expect(await files.hashOf("r", "plan.md", 1)).toBe(await sha256("forged"));
    expect(text(await files.read("r", "plan.md"))).toBe("two");
  });

  it("reads what was written before there were hashes, and says the hash of it when it is written again", async () => {
    const { files, storage } = await opened();
    const row = { path: "old.md", version: 1, bytes: 3, mediaType: "text/markdown", from: "s", at: 0, key: "content/r/0" };
    await storage.open("orrery.workspace").set("run/r", [row]);
    await storage.open("orrery.workspace").setBytes("content/r/0", bytes("old"));
    expect([text(await files.read("r", "old.md")), (await files.list("r"))[0]?.sha256]).toEqual(["old", undefined]);
    expect(await files.write("r", "old.md", bytes("old"), "s")).toMatchObject({ version: 1, sha256: await sha256("old") });
  });

  it("takes in versions under the numbers they have, all or none", async () => {
    const files = await open({ maxFiles: 2, maxFileBytes: 10, maxRunBytes: 15 });
    const given = (path: string, version: number, content = "x") => ({ path, version, from: "s", bytes: bytes(content) });
    const refused = [
      [[given("a", 1), given("../b", 1)], "WORKSPACE_PATH"],
      [[given("a", 1), given("./a", 1, "other")], "WORKSPACE_PATH"],
      [[given("a", 1), given("b", 1), given("c", 1)], "WORKSPACE_FULL"],
      [[given("a", 1), given("a", 2, "x".repeat(11))], "WORKSPACE_FULL"],
      [[given("a", 1, "x".repeat(8)), given("a", 2, "x".repeat(8))], "WORKSPACE_FULL"],
    ] as const;
    for (const [some, code] of refused) await expect(files.restoreFiles("r", some)).rejects.toMatchObject({ code });
    expect(await files.list("r")).toEqual([]);
    await files.restoreFiles("r", [given("a", 5, "five"), given("a", 2, "two"), given("b", 1)]);
    expect((await files.versions("r", "a")).map(({ version }) => version)).toEqual([2, 5]);
    expect([text(await files.read("r", "a", 2)), text(await files.read("r", "a"))]).toEqual(["two", "five"]);
    expect(await files.write("r", "a", bytes("six"), "s")).toMatchObject({ version: 6 });
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
