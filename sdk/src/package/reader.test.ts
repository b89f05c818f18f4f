import fc from "fast-check";
import { expect, it } from "vitest";
import { gzip } from "./gzip.ts";
import { packPlugin, readPackage } from "./package.ts";
import { parts, rawTar } from "./testing/archives.ts";

const outcome = (bytes: Uint8Array) =>
  readPackage(bytes).then(
    () => "read",
    (thrown: { name: string; code: string }) => (thrown.name === "OrreryError" ? thrown.code : thrown),
  );
const told = /^(PACKAGE_[A-Z_]+|PLUGIN_ID_RESERVED)$/;

it("whatever the bytes are, the reader ends with a code of its own", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
      expect(await outcome(bytes)).toMatch(told);
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
      expect(await outcome(await gzip(bytes))).toMatch(told);
    }),
  );
  const entry = fc.record({ name: fc.string({ maxLength: 60 }), content: fc.string({ maxLength: 600 }), flag: fc.constantFrom("0", "\0", "1", "5", "x", "L") });
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 4 }), async (entries) => {
      expect(await outcome(await gzip(rawTar(entries)))).toMatch(told);
    }),
  );
  const manifest = fc.jsonValue().map((value) => ({ name: "orrery.json", content: JSON.stringify(value) }));
  await fc.assert(
    fc.asyncProperty(manifest, async (file) => {
      expect(await outcome(await gzip(rawTar([file])))).toMatch(told);
    }),
  );
});

it("a package with one byte changed is read as nothing else", async () => {
  const whole = await packPlugin(parts());
  const before = await readPackage(whole);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const read = await readPackage(whole.map((byte, i) => (i === at ? byte ^ by : byte))).catch((thrown: { code: string }) => thrown);
      if ("code" in read && "manifest" in read) expect({ ...read, integrity: before.integrity }).toEqual(before);
      else expect((read as { code: string }).code).toMatch(told);
    }),
    { numRuns: 300 },
  );
});

it("any plugin comes back as it was packed", async () => {
  const text = fc.string({ maxLength: 300, unit: "grapheme" });
  const given = fc.record({
    code: text,
    readme: fc.option(text, { nil: undefined }),
    title: text.map((title) => title.slice(0, 100)),
    config: fc.option(
      fc.dictionary(
        fc.string().filter((key) => key !== "__proto__"),
        fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value).replaceAll("__proto__", "x")) as never),
      ),
      { nil: undefined },
    ),
  });
  await fc.assert(
    fc.asyncProperty(given, async ({ code, readme, title, config }) => {
      const packed = {
        ...parts({ title, ...(config ? { config: JSON.parse(JSON.stringify(config)) } : {}) }, code),
        ...(readme === undefined ? {} : { readme }),
      };
      const read = await readPackage(await packPlugin(packed));
      expect({ code: read.code, readme: read.readme }).toEqual({ code: code, readme });
      expect(read.manifest).toMatchObject(packed.manifest);
    }),
  );
});
