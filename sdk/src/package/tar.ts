import { concat, fromUtf8, utf8, type Bytes } from "./bytes.ts";
import { packageLimits } from "./limits.ts";
import { quoted, refusePackage } from "./refusal.ts";

export interface ArchiveFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const block = 512;
const kinds: { readonly [flag: string]: string } = {
  "1": "a hard link",
  "2": "a symbolic link",
  "3": "a character device",
  "4": "a block device",
  "5": "a folder",
  "6": "a pipe",
  g: "a pax header",
  x: "a pax header",
  L: "a GNU long name",
  K: "a GNU long link",
  S: "a sparse file",
};

/** Files as an archive in POSIX ustar format: always the same bytes for the same files in the same order. */
export function writeTar(files: readonly ArchiveFile[]): Bytes {
  const parts = files.flatMap(({ path, bytes }) => [headerOf(path, bytes.length), bytes, new Uint8Array(padding(bytes.length))]);
  return concat([...parts, new Uint8Array(2 * block)]);
}

/**
 * The files of a ustar archive, held to the letter: regular files with plain relative names, nothing twice, nothing hidden between or after them.
 * Extensions (pax, GNU) are refused, since readers disagree on what they mean. Throws PACKAGE_ARCHIVE_INVALID, PACKAGE_ENTRY_REFUSED, PACKAGE_TOO_LARGE.
 */
export function readTar(bytes: Uint8Array): ArchiveFile[] {
  const files: ArchiveFile[] = [];
  const seen = new Map<string, string>();
  let at = 0;
  for (;;) {
    const header = bytes.subarray(at, at + block);
    if (header.length < block) throw invalid("it ends in the middle");
    if (isZero(header)) break;
    if (files.length >= packageLimits.entries) throw refusePackage("PACKAGE_TOO_LARGE", `it has more than ${packageLimits.entries} entries`);
    const { path, size } = readHeader(header);
    const twin = seen.get(folded(path));
    if (twin !== undefined) throw refused(path, twin === path ? "is there twice" : `is another only by its letters' case or form from ${quoted(twin)}`);
    seen.set(folded(path), path);
    const start = at + block;
    const end = start + size;
    if (end + padding(size) > bytes.length) throw invalid(`it ends in the middle of ${quoted(path)}`);
    if (!isZero(bytes.subarray(end, end + padding(size)))) throw refused(path, "has something hidden after its end");
    files.push({ path, bytes: bytes.subarray(start, end) });
    at = end + padding(size);
  }
  if (bytes.length - at < 2 * block) throw invalid("its end is missing");
  if (!isZero(bytes.subarray(at))) throw invalid("something comes after its end");
  return files;
}

const invalid = (why: string): Error => refusePackage("PACKAGE_ARCHIVE_INVALID", why);
const refused = (path: string, why: string): Error => refusePackage("PACKAGE_ENTRY_REFUSED", `the entry ${quoted(path)} ${why}`);

const padding = (size: number): number => (block - (size % block)) % block;
const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);
const folded = (path: string): string => path.normalize("NFKC").toLowerCase().toUpperCase();

function headerOf(path: string, size: number): Uint8Array {
  const name = utf8(path);
  if (name.length > 100) throw invalid(`the name ${quoted(path)} is longer than 100 bytes`);
  const header = new Uint8Array(block);
  const put = (text: string, offset: number): void => header.set(utf8(text), offset);
  header.set(name, 0);
  put("0000644\0", 100);
  put("0000000\0", 108);
  put("0000000\0", 116);
  put(`${size.toString(8).padStart(11, "0")}\0`, 124);
  put("00000000000\0", 136);
  put("0", 156);
  put("ustar\0", 257);
  put("00", 263);
  put(`${checksum(header).toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

function readHeader(header: Uint8Array): { path: string; size: number } {
  const path = nameOf(header);
  if (number(header, 148, 8) !== checksum(header)) throw refused(path, "has a damaged header");
  // The kind first: what GNU and pax tools write besides is told by its name.
  const flag = String.fromCharCode(header[156] ?? 0);
  if (flag !== "0" && flag !== "\0") throw refused(path, `is ${kinds[flag] ?? "of an unknown kind"}, not a regular file`);
  if (latin(header, 257, 8) !== "ustar\x0000") throw refused(path, "is not in ustar format");
  if (!isZero(header.subarray(157, 257))) throw refused(path, "is a link");
  if (!isZero(header.subarray(500, block))) throw refused(path, "has something hidden in its header");
  const size = number(header, 124, 12);
  if (size === undefined) throw refused(path, "has no readable size");
  return { path: plain(path), size };
}

/** The name as the archive has it, for better or worse. */
function nameOf(header: Uint8Array): string {
  const [name, prefix] = [field(header, 0, 100), field(header, 345, 155)];
  return prefix === "" ? name : `${prefix}/${name}`;
}

function field(header: Uint8Array, from: number, length: number): string {
  const whole = header.subarray(from, from + length);
  const end = whole.indexOf(0);
  const text = end < 0 ? whole : whole.subarray(0, end);
  if (end >= 0 && !isZero(whole.subarray(end))) throw refused(latin(header, from, length), "has a NUL in its name");
  try {
    return fromUtf8(text);
  } catch {
    throw refused(latin(header, from, length), "has a name that is not UTF-8");
  }
}

/** A path of plain names, or PACKAGE_ENTRY_REFUSED with what is wrong with it. */
function plain(path: string): string {
  if (path === "") throw refused(path, "has no name");
  if (path.startsWith("/")) throw refused(path, "has an absolute path");
  if (path.includes("\\")) throw refused(path, "has a backslash in its name");
  if (/^[a-z]:/i.test(path)) throw refused(path, "names a drive");
  if (path.split("/").some((part) => part === "..")) throw refused(path, "leads out of the package");
  if (path.split("/").some((part) => part === "" || part === ".")) throw refused(path, "has a roundabout path");
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(path)) throw refused(path, "has characters in its name that a package does not have");
  return path;
}

const latin = (header: Uint8Array, from: number, length: number): string => String.fromCharCode(...header.subarray(from, from + length));

/** An octal number; undefined for anything else, also for GNU's binary numbers. */
function number(header: Uint8Array, from: number, length: number): number | undefined {
  const found = /^([0-7]+)[\0 ]*$/.exec(latin(header, from, length))?.[1];
  return found === undefined ? undefined : Number.parseInt(found, 8);
}

/** The sum of the header's bytes, its own field taken as blanks. */
function checksum(header: Uint8Array): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}
