import { utf8 } from "../bytes.ts";
import { gzip } from "../gzip.ts";
import type { PackageParts } from "../package.ts";

/** A plugin's parts as an author would have them. */
export const parts = (manifest: Partial<PackageParts["manifest"]> = {}, code = "export default {};\n"): PackageParts => ({
  manifest: {
    id: "acme.signature",
    version: "1.0.0",
    api: "^1.0",
    title: "Signs its work",
    capabilities: [{ name: "storage:1KB", reason: "to count" }],
    hooks: ["step.after"],
    requires: {},
    provides: [],
    ...manifest,
  },
  code,
});

export interface RawEntry {
  readonly name: string | Uint8Array;
  readonly content?: string;
  readonly flag?: string;
  readonly link?: string;
  /** Written into the size field as it is. */
  readonly size?: string;
  readonly magic?: string;
  readonly prefix?: string;
  readonly sum?: number;
  /** What follows the content instead of zeros. */
  readonly padding?: string;
}

/** Archives no honest tool writes: each field of an entry as it is given. */
export function rawTar(entries: readonly RawEntry[], end: Uint8Array = new Uint8Array(1_024)): Uint8Array {
  const parts = entries.flatMap(({ name, content = "", flag = "0", link = "", size, magic = "ustar\x0000", prefix = "", sum, padding = "" }) => {
    const body = utf8(content);
    const header = new Uint8Array(512);
    header.set(typeof name === "string" ? utf8(name) : name, 0);
    header.set(utf8("0000644\0"), 100);
    header.set(utf8(size ?? `${body.length.toString(8).padStart(11, "0")}\0`), 124);
    header.set(utf8(flag), 156);
    header.set(utf8(link), 157);
    header.set(utf8(magic), 257);
    header.set(utf8(prefix), 345);
    header.fill(0x20, 148, 156);
    const total = header.reduce((all, byte) => all + byte, 0);
    header.set(utf8(`${(sum ?? total).toString(8).padStart(6, "0")}\0 `), 148);
    const rest = new Uint8Array((512 - (body.length % 512)) % 512);
    rest.set(utf8(padding));
    return [header, body, rest];
  });
  return Uint8Array.from([...parts, end].flatMap((part) => [...part]));
}

export const rawArchive = (entries: readonly RawEntry[], end?: Uint8Array): Promise<Uint8Array> => gzip(rawTar(entries, end));
