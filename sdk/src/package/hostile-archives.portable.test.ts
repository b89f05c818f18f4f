import { describe, expect, it } from "vitest";
import { concat, sha512, utf8 } from "./bytes.ts";
import { gzip } from "./gzip.ts";
import { packPlugin, readPackage } from "./package.ts";
import { parts, type RawEntry, rawArchive, rawTar } from "./testing/archives.ts";

const code = "export default {};\n";
const refused = (bytes: Uint8Array, code: string, why: string) =>
  expect(readPackage(bytes)).rejects.toMatchObject({ code, message: expect.stringContaining(why) });

describe("an entry of an archive is refused by name", () => {
  const entries: [string, RawEntry, string][] = [
    ["leads up", { name: "../plugin.js" }, '"../plugin.js" leads out'],
    ["leads up from within", { name: "a/../../plugin.js" }, "leads out"],
    ["leads up in its prefix", { name: "plugin.js", prefix: ".." }, '"../plugin.js" leads out'],
    ["is absolute", { name: "/etc/passwd" }, "absolute"],
    ["is absolute by its prefix", { name: "etc/passwd", prefix: "/" }, "absolute"],
    ["has a backslash", { name: "..\\plugin.js" }, "backslash"],
    ["names a drive", { name: "C:plugin.js" }, "drive"],
    ["is a stream of a file", { name: "plugin.js:evil" }, "characters"],
    ["has a NUL", { name: "plugin.js\0.png" }, "NUL"],
    ["has a line break", { name: "plugin\n.js" }, "characters"],
    ["turns text around", { name: "plugin\u202esj.js" }, "characters"],
    ["is not UTF-8", { name: Uint8Array.of(0xff, 0xfe) }, "not UTF-8"],
    ["has no name", { name: "" }, "no name"],
    ["goes round", { name: "./plugin.js" }, "roundabout"],
    ["has a part that is empty", { name: "a//plugin.js" }, "roundabout"],
    ["is a hard link", { name: "plugin.js", flag: "1", link: "/etc/passwd" }, "a hard link"],
    ["is a symbolic link", { name: "plugin.js", flag: "2", link: "/etc/passwd" }, "a symbolic link"],
    ["is a file with a link's target", { name: "plugin.js", link: "/etc/passwd" }, "a link"],
    ["is a character device", { name: "plugin.js", flag: "3" }, "a character device"],
    ["is a block device", { name: "plugin.js", flag: "4" }, "a block device"],
    ["is a folder", { name: "plugin", flag: "5" }, "a folder"],
    ["is a pipe", { name: "plugin.js", flag: "6" }, "a pipe"],
    ["is a pax header", { name: "PaxHeader/plugin.js", flag: "x", content: "18 path=../evil.js\n" }, "a pax header"],
    ["is a global pax header", { name: "pax_global_header", flag: "g", content: "18 path=../evil.js\n" }, "a pax header"],
    ["is a GNU long name", { name: "././@LongLink", flag: "L", content: "../evil.js" }, "a GNU long name"],
    ["is a GNU long link", { name: "././@LongLink", flag: "K", content: "../evil.js" }, "a GNU long link"],
    ["is sparse", { name: "plugin.js", flag: "S" }, "a sparse file"],
    ["is of an unknown kind", { name: "plugin.js", flag: "Z" }, "unknown kind"],
    ["is in GNU's format", { name: "plugin.js", magic: "ustar  \0" }, "not in ustar format"],
    ["is in the oldest format", { name: "plugin.js", magic: "" }, "not in ustar format"],
    ["has a damaged header", { name: "plugin.js", sum: 1 }, "damaged header"],
    ["has no size", { name: "plugin.js", size: "none" }, "no readable size"],
    ["has a negative size", { name: "plugin.js", size: "-0000000001\0" }, "no readable size"],
    ["hides something after its content", { name: "plugin.js", content: "x", padding: "evil" }, "hidden after its end"],
  ];
  it.each(entries)("that %s", async (_, entry, why) => refused(await rawArchive([entry]), "PACKAGE_ENTRY_REFUSED", why));

  it("that is there twice, also in other letters", async () => {
    await refused(await rawArchive([{ name: "plugin.js" }, { name: "plugin.js" }]), "PACKAGE_ENTRY_REFUSED", "is there twice");
    await refused(await rawArchive([{ name: "plugin.js" }, { name: "PLUGIN.js" }]), "PACKAGE_ENTRY_REFUSED", '"PLUGIN.js" is another only by');
  });
});

describe("an archive is refused", () => {
  const good = () => packPlugin(parts());

  it("that is none", async () => {
    for (const bytes of [new Uint8Array(), utf8("PK\u0003\u0004"), new Uint8Array(1_000), utf8("<html>404</html>".repeat(10))])
      await refused(bytes, "PACKAGE_ARCHIVE_INVALID", "no gzip archive");
  });

  it("that is cut off, wherever", async () => {
    const whole = await good();
    for (const part of [0.1, 0.5, 0.9]) await refused(whole.slice(0, whole.length * part), "PACKAGE_ARCHIVE_INVALID", "");
    await refused(whole.slice(0, -1), "PACKAGE_ARCHIVE_INVALID", "");
    const tar = rawTar([{ name: "plugin.js", content: code }]);
    await refused(await gzip(tar.slice(0, 600)), "PACKAGE_ARCHIVE_INVALID", 'in the middle of "plugin.js"');
    await refused(await gzip(tar.slice(0, 1_024)), "PACKAGE_ARCHIVE_INVALID", "in the middle");
    await refused(await gzip(tar.slice(0, -512)), "PACKAGE_ARCHIVE_INVALID", "end is missing");
  });

  it("with something after its end", async () => {
    const whole = await good();
    await refused(concat([whole, utf8("evil")]), "PACKAGE_ARCHIVE_INVALID", "");
    await refused(concat([whole, new Uint8Array(8)]), "PACKAGE_ARCHIVE_INVALID", "");
    await refused(await rawArchive([], concat([new Uint8Array(1_024), utf8("evil")])), "PACKAGE_ARCHIVE_INVALID", "after its end");
  });

  it("of two members", async () => {
    const whole = await good();
    await refused(concat([whole, whole]), "PACKAGE_ARCHIVE_INVALID", "");
    await refused(concat([await gzip(new Uint8Array()), whole]), "PACKAGE_ARCHIVE_INVALID", "");
  });

  it("with a wrong checksum, or with fields in its gzip header", async () => {
    const whole = await good();
    const at = (index: number, value: number) => whole.map((byte, i) => (i === index ? value : byte));
    await refused(at(whole.length - 6, 0xff), "PACKAGE_ARCHIVE_INVALID", "checksum");
    await refused(at(whole.length - 1, 0xff), "PACKAGE_ARCHIVE_INVALID", "checksum");
    await refused(at(3, 8), "PACKAGE_ARCHIVE_INVALID", "gzip header");
    await refused(at(2, 9), "PACKAGE_ARCHIVE_INVALID", "gzip header");
  });

  it("that is too large as it comes, or unpacks to too much", async () => {
    await refused(new Uint8Array(5 * 1024 * 1024 + 1), "PACKAGE_TOO_LARGE", "5242880");
    const bomb = await gzip(new Uint8Array(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    await refused(bomb, "PACKAGE_TOO_LARGE", "unpacked");
    // The size an entry claims is not taken on its word.
    await refused(await rawArchive([{ name: "plugin.js", size: "77777777777\0" }]), "PACKAGE_ARCHIVE_INVALID", "in the middle of");
  });

  it("with more entries than a package has", async () => {
    await refused(await rawArchive(Array.from({ length: 501 }, (_, at) => ({ name: `f${at}` }))), "PACKAGE_TOO_LARGE", "500 entries");
  });
});

describe("a manifest is refused", () => {
  const honest = async () => ({
    format: 1,
    ...parts().manifest,
    files: [{ path: "plugin.js", sha512: await sha512(utf8(code)), size: utf8(code).length }],
  });
  const sorted = (value: unknown): unknown =>
    typeof value !== "object" || value === null || Array.isArray(value)
      ? Array.isArray(value)
        ? value.map(sorted)
        : value
      : Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, member]) => [key, sorted(member)]),
        );
  const text = (manifest: object) => `${JSON.stringify(sorted(manifest), undefined, 2)}\n`;
  const packed = (manifest: string, more: RawEntry[] = []) =>
    rawArchive([{ name: "orrery.json", content: manifest }, { name: "plugin.js", content: code }, ...more]);

  it("only when something is wrong with it", async () => {
    expect((await readPackage(await packed(text(await honest())))).manifest.id).toBe("acme.signature");
  });

  it("that is missing", async () => refused(await rawArchive([{ name: "plugin.js", content: code }]), "PACKAGE_MANIFEST_INVALID", "no orrery.json"));

  it("that is no JSON, too deep or too large", async () => {
    await refused(await packed("{"), "PACKAGE_MANIFEST_INVALID", "not JSON");
    await refused(await packed(`${"[".repeat(100_000)}`), "PACKAGE_MANIFEST_INVALID", "nests deeper");
    await refused(await packed(" ".repeat(300_000)), "PACKAGE_MANIFEST_INVALID", "larger");
    for (const value of ["null", "[]", "1", '"x"']) await refused(await packed(value), "PACKAGE_MANIFEST_INVALID", "not valid");
  });

  it("with a key twice, a key in disguise, or another form than it is signed in", async () => {
    const good = text(await honest());
    await refused(await packed(good.replace('"id":', '"id": "acme.other",\n  "id":')), "PACKAGE_MANIFEST_INVALID", "twice");
    await refused(await packed(good.replace('"id"', '"\\u0069d"')), "PACKAGE_MANIFEST_INVALID", "another form");
    await refused(await packed(`\ufeff${good}`), "PACKAGE_MANIFEST_INVALID", "not JSON");
    await refused(await packed(good.replaceAll("\n", "\r\n")), "PACKAGE_MANIFEST_INVALID", "another form");
  });

  it("with __proto__ among its keys, at any depth, however it is spelled", async () => {
    const good = text(await honest());
    for (const key of ['"__proto__"', '"\\u005f_proto__"']) {
      await refused(await packed(good.replace("{", `{ ${key}: {"x": 1},`)), "PACKAGE_MANIFEST_INVALID", "__proto__");
      await refused(await packed(good.replace('"requires": {}', `"requires": {${key}: "x"}`)), "PACKAGE_MANIFEST_INVALID", "__proto__");
    }
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it.each<[string, object, string]>([
    ["fields nobody knows", { scripts: { install: "evil" } }, "scripts"],
    ["another format", { format: 2 }, "format"],
    ["no id", { id: undefined }, "id"],
    ["an id of another form", { id: "../evil" }, "id"],
    ["a version of another form", { version: "latest" }, "version"],
    ["an API this kernel does not have", { api: "^9.0" }, "api"],
    ["a capability without a reason", { capabilities: [{ name: "model.call", reason: "" }] }, "reason"],
    ["a capability of another form", { capabilities: [{ name: "Model Call", reason: "x" }] }, "capability"],
    ["a capability twice", { capabilities: ["a", "b"].map((reason) => ({ name: "model.call", reason })) }, "twice"],
    ["more capabilities than anybody reads", { capabilities: Array.from({ length: 101 }, (_, at) => ({ name: `net:${at}`, reason: "x" })) }, "capabilities"],
    ["a negative size", { files: [{ path: "plugin.js", sha512: `sha512-${"A".repeat(86)}==`, size: -1 }] }, "size"],
  ])("with %s", async (_, change, why) => refused(await packed(text({ ...(await honest()), ...change })), "PACKAGE_MANIFEST_INVALID", why));

  it("of a plugin that takes a name of the product's own", async () =>
    refused(await packed(text({ ...(await honest()), id: "orrery.cost" })), "PLUGIN_ID_RESERVED", "orrery.cost"));

  it("that does not name each file there is, or names one there is not", async () => {
    await refused(await packed(text(await honest()), [{ name: "evil.js", content: "evil" }]), "PACKAGE_FILE_CHANGED", '"evil.js" is not in its manifest');
    const { files, ...rest } = await honest();
    await refused(await packed(text({ ...rest, files: [...files, { ...files[0], path: "gone.js" }] })), "PACKAGE_FILE_CHANGED", '"gone.js" is missing');
    await refused(await packed(text({ ...rest, files: [] })), "PACKAGE_FILE_CHANGED", '"plugin.js" is not in its manifest');
    const second = { path: "second.js", sha512: await sha512(utf8("")), size: 0 };
    await refused(await packed(text({ ...rest, files: [...files, second] }), [{ name: "second.js" }]), "PACKAGE_FILE_CHANGED", "nothing a package holds");
  });
});
