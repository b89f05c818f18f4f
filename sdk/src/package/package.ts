import { OrreryError } from "../error.ts";
import { type Bytes, fromUtf8, sha512, utf8 } from "./bytes.ts";
import { gunzip, gzip } from "./gzip.ts";
import { packageLimits } from "./limits.ts";
import { assertManifest, codePath, manifestPath, manifestText, type PackageManifest, packageManifest, readManifest } from "./manifest.ts";
import { quoted, refusePackage } from "./refusal.ts";
import { checkSignature, type PackageSignature, type PublisherKey, sign, signaturePath } from "./signature.ts";
import { type ArchiveFile, readTar, writeTar } from "./tar.ts";

/** What may lie in a package besides its manifest and its signature. */
const texts = { readme: "README.md", licenceText: "LICENSE" } as const;

export interface PluginPackage {
  readonly manifest: PackageManifest;
  /** One ES module. */
  readonly code: string;
  readonly readme?: string;
  readonly licenceText?: string;
  /** Present when it was signed, and then checked. */
  readonly signature?: PackageSignature;
  /** Of the archive as it came: `sha512-` and base64. */
  readonly integrity: string;
  /** Bytes of the archive. */
  readonly size: number;
}

/** What a package is made of; files and their hashes are put in. */
export interface PackageParts {
  readonly manifest: Omit<PackageManifest, "format" | "files">;
  readonly code: string;
  readonly readme?: string;
  readonly licenceText?: string;
}

/**
 * Reads an archive in memory, running nothing. Whatever is not exactly what its manifest says, by name, size and SHA-512, is refused.
 * Throws PACKAGE_TOO_LARGE, PACKAGE_ARCHIVE_INVALID, PACKAGE_ENTRY_REFUSED, PACKAGE_MANIFEST_INVALID, PACKAGE_FILE_CHANGED, PACKAGE_SIGNATURE_INVALID,
 * PLUGIN_ID_RESERVED.
 */
export async function readPackage(bytes: Uint8Array): Promise<PluginPackage> {
  const files = await unpack(bytes);
  const manifestFile = files.find(({ path }) => path === manifestPath);
  if (!manifestFile) throw refusePackage("PACKAGE_MANIFEST_INVALID", `there is no ${manifestPath} in it`);
  const manifest = readManifest(manifestFile.bytes);
  const signed = files.find(({ path }) => path === signaturePath);
  const signature = signed && (await checkSignature(signed.bytes, manifestText(manifest)));
  const content = files.filter((file) => file !== manifestFile && file !== signed);
  await assertSame(content, manifest);
  const text = (path: string): string | undefined => {
    const file = content.find((each) => each.path === path);
    return file && textOf(file);
  };
  const [code, readme, licenceText] = [text(codePath), text(texts.readme), text(texts.licenceText)];
  if (code === undefined) throw refusePackage("PACKAGE_FILE_CHANGED", `there is no ${codePath} in it`);
  return {
    manifest,
    code,
    ...(readme === undefined ? {} : { readme }),
    ...(licenceText === undefined ? {} : { licenceText }),
    ...(signature ? { signature } : {}),
    integrity: await sha512(bytes),
    size: bytes.length,
  };
}

/**
 * An archive of one plugin, unsigned. The same parts give the same archive inside; the platform's own deflate packs it.
 * Throws PACKAGE_PARTS_INVALID, PLUGIN_ID_RESERVED, PACKAGE_MANIFEST_INVALID, PACKAGE_TOO_LARGE.
 */
export async function packPlugin({ manifest, code, readme, licenceText }: PackageParts): Promise<Bytes> {
  const content = Object.entries({ [texts.licenceText]: licenceText, [texts.readme]: readme, [codePath]: code }).flatMap(([path, text]) =>
    text === undefined ? [] : [{ path, bytes: utf8(text) }],
  );
  const files = await Promise.all(content.map(async ({ path, bytes }) => ({ path, sha512: await sha512(bytes), size: bytes.length })));
  const parsed = packageManifest.safeParse({ ...manifest, format: 1, files });
  if (!parsed.success) {
    const why = parsed.error.issues.slice(0, 5).map(({ path, message }) => `${path.map(String).join(".")}: ${message}`);
    throw new OrreryError("PACKAGE_PARTS_INVALID", `the plugin cannot be packed: ${why.join("; ")}`, { todo: "Correct its manifest.", refusal: true });
  }
  assertManifest(parsed.data);
  const packed = await gzip(writeTar([{ path: manifestPath, bytes: utf8(manifestText(parsed.data)) }, ...content]));
  // What is packed here can be read anywhere, or is told now.
  await readPackage(packed);
  return packed;
}

/** The same package with this key's signature, in place of any other. Throws KEY_INVALID and what `readPackage` throws. */
export async function signPackage(bytes: Uint8Array, key: Pick<PublisherKey, "privateKey" | "publicKey">): Promise<Bytes> {
  const { manifest } = await readPackage(bytes);
  const [first, ...content] = (await unpack(bytes)).filter(({ path }) => path !== signaturePath).sort((a, b) => rank(a) - rank(b));
  const signature = { path: signaturePath, bytes: await sign(manifestText(manifest), key) };
  return gzip(writeTar([...(first ? [first] : []), signature, ...content]));
}

/**
 * Reads a package that must be signed, by `fingerprint` when one is given. Throws PACKAGE_UNSIGNED, PACKAGE_KEY_CHANGED and what `readPackage` throws.
 */
export async function verifyPackage(bytes: Uint8Array, fingerprint?: string): Promise<PluginPackage & { readonly signature: PackageSignature }> {
  const read = await readPackage(bytes);
  const { signature } = read;
  if (!signature) throw refusePackage("PACKAGE_UNSIGNED", `${read.manifest.id} is not signed`, "Ask its author for a signed one.");
  if (fingerprint !== undefined && signature.fingerprint !== fingerprint)
    throw refusePackage("PACKAGE_KEY_CHANGED", `it is signed by ${signature.fingerprint}, not by ${quoted(fingerprint)}`);
  return { ...read, signature };
}

async function unpack(bytes: Uint8Array): Promise<ArchiveFile[]> {
  if (bytes.length > packageLimits.packedBytes)
    throw refusePackage("PACKAGE_TOO_LARGE", `it has ${bytes.length} bytes, and ${packageLimits.packedBytes} are allowed`);
  return readTar(await gunzip(bytes, packageLimits.unpackedBytes));
}

/** The manifest first, so that it can be found without reading on; the rest as it was. */
const rank = ({ path }: ArchiveFile): number => (path === manifestPath ? 0 : 1);

async function assertSame(content: readonly ArchiveFile[], manifest: PackageManifest): Promise<void> {
  const changed = (why: string): Error => refusePackage("PACKAGE_FILE_CHANGED", why);
  const known: readonly string[] = [codePath, ...Object.values(texts)];
  for (const { path, bytes } of content) {
    const said = manifest.files.find((file) => file.path === path);
    if (!said) throw changed(`${quoted(path)} is not in its manifest`);
    if (!known.includes(path)) throw changed(`${quoted(path)} is nothing a package holds`);
    if (bytes.length !== said.size) throw changed(`${path} has ${bytes.length} bytes, and its manifest says ${said.size}`);
    if ((await sha512(bytes)) !== said.sha512) throw changed(`${path} is not the file its manifest names: its hash differs`);
  }
  const missing = manifest.files.find(({ path }) => !content.some((file) => file.path === path));
  if (missing) throw changed(`${quoted(missing.path)} is missing`);
}

function textOf({ path, bytes }: ArchiveFile): string {
  try {
    return fromUtf8(bytes);
  } catch (cause) {
    throw refusePackage("PACKAGE_FILE_CHANGED", `${path} is not UTF-8 text`, undefined, cause);
  }
}
