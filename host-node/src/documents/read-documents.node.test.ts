import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { settings } from "../settings/schema.ts";
import { readDocuments } from "./read-documents.ts";

const limits = settings.parse({}).documents;
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "orrery-docs-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
function write(path: string, content: string | Uint8Array = path): string {
  const full = join(dir, path);
  mkdirSync(join(full, ".."), { recursive: true });
  writeFileSync(full, content);
  return full;
}
const codes = (skipped: { path: string; code: string }[]) => Object.fromEntries(skipped.map(({ path, code }) => [path, code]));

describe("reading documents", () => {
  it("reads a folder's tree in the order of its paths, with names relative to it", async () => {
    for (const path of ["b.md", "a/z.md", "a/b/c.txt", "B.md"]) write(path);
    const { files, skipped, sources } = await readDocuments([dir], limits);
    expect(files.map(({ path }) => path)).toEqual(["B.md", "a/b/c.txt", "a/z.md", "b.md"]);
    expect(new TextDecoder().decode(files[1]?.bytes)).toBe("a/b/c.txt");
    expect([skipped, sources]).toEqual([[], [dir]]);
  });

  it("puts each folder's name before its files when there are several, and keeps single files apart", async () => {
    write("one/x.md");
    write("two/x.md");
    const { files } = await readDocuments([join(dir, "one"), join(dir, "two"), write("x.md"), write("other/x.md")], limits);
    expect(files.map(({ path }) => path)).toEqual(["one/x.md", "other/x.md", "two/x.md", "x.md"]);
  });

  it("lists what it does not read, each with its reason", async () => {
    write("ok.md");
    write(".hidden.md");
    write(".git/config");
    write("node_modules/x/README.md");
    write("big.txt", "x".repeat(2_000));
    symlinkSync("/etc/passwd", join(dir, "passwd.txt"));
    symlinkSync(dir, join(dir, "loop"));
    // Closing a server takes its socket's file away, so it stays open until the end.
    const server = createServer();
    if (process.platform !== "win32") await new Promise<void>((done) => server.listen(join(dir, "pipe"), done));
    onTestFinished(() => void server.close());
    const { files, skipped } = await readDocuments([dir], { ...limits, maxFileBytes: 1_000 });
    expect(files.map(({ path }) => path)).toEqual(["ok.md"]);
    expect(codes(skipped)).toEqual({
      ".git": "HIDDEN",
      ".hidden.md": "HIDDEN",
      "big.txt": "FILE_TOO_LARGE",
      loop: "LINK",
      "node_modules/": "FOLDER_IGNORED",
      "passwd.txt": "LINK",
      ...(process.platform === "win32" ? {} : { pipe: "NOT_A_FILE" }),
    });
  });

  it("stops at its limits and says so", async () => {
    for (let i = 0; i < 6; i++) write(`f${i}.md`, "x".repeat(100));
    const few = await readDocuments([dir], { ...limits, maxFiles: 4 });
    expect([few.files.length, codes(few.skipped)]).toEqual([4, { "f4.md": "TOO_MANY_FILES", "f5.md": "TOO_MANY_FILES" }]);
    const light = await readDocuments([dir], { ...limits, maxTotalBytes: 250 });
    expect([light.files.length, new Set(light.skipped.map(({ code }) => code))]).toEqual([2, new Set(["TOO_MUCH"])]);
  });

  it("refuses a path that is not there", async () => {
    await expect(readDocuments([join(dir, "nowhere")], limits)).rejects.toMatchObject({ code: "DOCS_NOT_FOUND", message: expect.stringContaining("nowhere") });
  });
});
