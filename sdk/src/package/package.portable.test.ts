import { describe, expect, it } from "vitest";
import { concat, utf8 } from "./bytes.ts";
import { gunzip, gzip } from "./gzip.ts";
import { packPlugin, readPackage, signPackage, verifyPackage } from "./package.ts";
import { generateKey } from "./signature.ts";
import { readTar, writeTar } from "./tar.ts";
import { parts } from "./testing/archives.ts";

const files = async (bytes: Uint8Array) => readTar(await gunzip(bytes, 1e6));
const repacked = async (bytes: Uint8Array, change: (path: string, content: Uint8Array) => Uint8Array) =>
  gzip(writeTar((await files(bytes)).map((file) => ({ path: file.path, bytes: change(file.path, file.bytes) }))));

describe("a package", () => {
  it("gives back what was packed", async () => {
    const given = {
      ...parts({ config: { type: "object", properties: { most: { type: "number" } } } }, "export default { wörd: 1 };\n"),
      readme: "# Hello\n",
      licenceText: "MIT\n",
    };
    const read = await readPackage(await packPlugin(given));
    expect(read).toMatchObject({ code: given.code, readme: given.readme, licenceText: given.licenceText, manifest: given.manifest });
    expect(read.signature).toBeUndefined();
    expect(read.integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
  });

  it("is the same bytes for the same parts, in whatever order they are named", async () => {
    const { manifest, code } = parts();
    const again = { code, manifest: Object.fromEntries(Object.entries(manifest).reverse()) as typeof manifest };
    expect(await packPlugin(again)).toEqual(await packPlugin({ manifest, code }));
  });

  it("is not made of a plugin that gives no reason for a capability, or has a name of the product's own", async () => {
    await expect(packPlugin(parts({ capabilities: [{ name: "model.call", reason: "" }] }))).rejects.toMatchObject({ code: "PACKAGE_PARTS_INVALID" });
    await expect(packPlugin(parts({ id: "orrery.signature" }))).rejects.toMatchObject({ code: "PLUGIN_ID_RESERVED" });
    await expect(packPlugin(parts({ id: "signature" }))).rejects.toMatchObject({ code: "PACKAGE_MANIFEST_INVALID" });
  });
});

describe("a signature", () => {
  it("says whose package it is, and gives way to another", async () => {
    const [first, second] = await Promise.all([generateKey(), generateKey()]);
    const unsigned = await packPlugin(parts());
    const signed = await signPackage(unsigned, first);
    expect((await readPackage(signed)).signature).toEqual({ fingerprint: first.fingerprint, key: first.publicKey });
    expect((await verifyPackage(signed, first.fingerprint)).signature.fingerprint).toBe(first.fingerprint);
    expect((await readPackage(await signPackage(signed, second))).signature?.fingerprint).toBe(second.fingerprint);
    expect(await signPackage(unsigned, first)).toEqual(signed);
  });

  it("is asked for by verify, and of the key that was named", async () => {
    const [first, second] = await Promise.all([generateKey(), generateKey()]);
    const unsigned = await packPlugin(parts());
    await expect(verifyPackage(unsigned)).rejects.toMatchObject({ code: "PACKAGE_UNSIGNED" });
    await expect(verifyPackage(await signPackage(unsigned, first), second.fingerprint)).rejects.toMatchObject({ code: "PACKAGE_KEY_CHANGED" });
  });

  it("does not hold for a manifest that was changed, another plugin's, or a wrong key", async () => {
    const [mine, other] = await Promise.all([generateKey(), generateKey()]);
    const signed = await signPackage(await packPlugin(parts()), mine);
    const edited = await repacked(signed, (path, content) =>
      path === "orrery.json" ? utf8(new TextDecoder().decode(content).replace("to count", "to write")) : content,
    );
    await expect(readPackage(edited)).rejects.toMatchObject({ code: "PACKAGE_SIGNATURE_INVALID" });

    const foreign = (await files(await signPackage(await packPlugin(parts({ version: "2.0.0" })), mine))).find(({ path }) => path === "signature.json");
    const moved = await repacked(signed, (path, content) => (path === "signature.json" ? (foreign?.bytes ?? content) : content));
    await expect(readPackage(moved)).rejects.toMatchObject({ code: "PACKAGE_SIGNATURE_INVALID" });

    await expect(signPackage(await packPlugin(parts()), { privateKey: mine.privateKey, publicKey: other.publicKey })).rejects.toMatchObject({
      code: "KEY_INVALID",
    });
    await expect(signPackage(await packPlugin(parts()), { privateKey: "none", publicKey: other.publicKey })).rejects.toMatchObject({ code: "KEY_INVALID" });
  });

  it.each(["", "{}", "[]", '{"key":"AAAA","signature":"AAAA"}', '{"key":1,"signature":2}', "\u0000"])("that reads %j is refused", async (text) => {
    const signed = await signPackage(await packPlugin(parts()), await generateKey());
    await expect(readPackage(await repacked(signed, (path, content) => (path === "signature.json" ? utf8(text) : content)))).rejects.toMatchObject({
      code: "PACKAGE_SIGNATURE_INVALID",
    });
  });
});

it("a file that is not the one its manifest names is refused, by hash and by size", async () => {
  const packed = await packPlugin(parts());
  const flipped = await repacked(packed, (path, content) => (path === "plugin.js" ? content.map((byte, at) => (at === 3 ? byte ^ 1 : byte)) : content));
  await expect(readPackage(flipped)).rejects.toMatchObject({ code: "PACKAGE_FILE_CHANGED", message: expect.stringContaining("hash") });
  const longer = await repacked(packed, (path, content) => (path === "plugin.js" ? concat([content, utf8("//")]) : content));
  await expect(readPackage(longer)).rejects.toMatchObject({ code: "PACKAGE_FILE_CHANGED", message: expect.stringContaining("bytes") });
});
