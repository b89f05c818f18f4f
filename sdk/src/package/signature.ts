import { z } from "zod";
import { OrreryError } from "../error.ts";
import { asBytes, type Bytes, concat, fromBase64, fromUtf8, toBase64, utf8 } from "./bytes.ts";
import { refusePackage } from "./refusal.ts";

/** Signed with the text: a signature made for one purpose is none for another. */
const purposes = { package: "orrery package 1\n", run: "orrery run 1\n" } as const;
export type Purpose = keyof typeof purposes;

export const signaturePath = "signature.json";

/** A publisher's key. Whoever has `privateKey` can publish in its name. */
export interface PublisherKey {
  /** Ed25519, PKCS #8, base64. */
  readonly privateKey: string;
  /** Ed25519, 32 bytes, base64. */
  readonly publicKey: string;
  readonly fingerprint: string;
}
export interface PackageSignature {
  /** Whom the package is from, as `SHA256:` and the base64 of the key's hash: what people compare. */
  readonly fingerprint: string;
  /** The public key, base64. */
  readonly key: string;
}

/** A public key, and its signature of a text; both base64. */
export const signedBy = z.strictObject({ key: z.string().max(100), signature: z.string().max(200) });
export type SignedBy = z.infer<typeof signedBy>;

export async function generateKey(): Promise<PublisherKey> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const [publicKey, privateKey] = await Promise.all([crypto.subtle.exportKey("raw", pair.publicKey), crypto.subtle.exportKey("pkcs8", pair.privateKey)]);
  return {
    privateKey: toBase64(new Uint8Array(privateKey)),
    publicKey: toBase64(new Uint8Array(publicKey)),
    fingerprint: await fingerprintOf(new Uint8Array(publicKey)),
  };
}

/** As `SHA256:` and 43 characters of base64. */
export async function fingerprintOf(publicKey: Uint8Array): Promise<string> {
  return `SHA256:${toBase64(new Uint8Array(await crypto.subtle.digest("SHA-256", asBytes(publicKey)))).replace(/=+$/, "")}`;
}

/** Throws KEY_INVALID. */
export async function signText(purpose: Purpose, text: string, { privateKey, publicKey }: Pick<PublisherKey, "privateKey" | "publicKey">): Promise<SignedBy> {
  let signature: Uint8Array;
  try {
    const key = await crypto.subtle.importKey("pkcs8", fromBase64(privateKey) ?? new Uint8Array(), "Ed25519", false, ["sign"]);
    signature = new Uint8Array(await crypto.subtle.sign("Ed25519", key, messageOf(purpose, text)));
  } catch (cause) {
    throw keyInvalid(cause);
  }
  const signed = { key: publicKey, signature: toBase64(signature) };
  // The halves of a key are kept apart: that they belong together is seen here, not by whoever reads it.
  if (!(await signerOf(purpose, text, signed))) throw keyInvalid();
  return signed;
}

/** Who signed, when it is that text's signature; undefined when it is none. */
export async function signerOf(purpose: Purpose, text: string, signed: SignedBy): Promise<PackageSignature | undefined> {
  const [key, signature] = [fromBase64(signed.key), fromBase64(signed.signature)];
  if (key?.length !== 32 || signature?.length !== 64) return undefined;
  const ours = await crypto.subtle
    .importKey("raw", key, "Ed25519", false, ["verify"])
    .then((imported) => crypto.subtle.verify("Ed25519", imported, signature, messageOf(purpose, text)))
    .catch(() => false);
  return ours ? { fingerprint: await fingerprintOf(key), key: signed.key } : undefined;
}

const messageOf = (purpose: Purpose, text: string): Bytes => asBytes(concat([utf8(purposes[purpose]), utf8(text)]));

/** The signature file of a manifest's text. Throws KEY_INVALID. */
export async function sign(manifest: string, key: Pick<PublisherKey, "privateKey" | "publicKey">): Promise<Bytes> {
  return utf8(`${JSON.stringify(await signText("package", manifest, key), undefined, 2)}\n`);
}

const keyInvalid = (cause?: unknown): OrreryError =>
  new OrreryError("KEY_INVALID", "that is no key to sign with", { todo: "Make one: orrery plugin keygen.", refusal: true, cause });

/** Who signed, when the signature is that of this manifest. Throws PACKAGE_SIGNATURE_INVALID. */
export async function checkSignature(file: Uint8Array, manifest: string): Promise<PackageSignature> {
  const invalid = (why: string, cause?: unknown): Error => refusePackage("PACKAGE_SIGNATURE_INVALID", why, undefined, cause);
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(file.subarray(0, 4_096)));
  } catch (cause) {
    throw invalid(`its ${signaturePath} cannot be read`, cause);
  }
  const { success, data } = signedBy.safeParse(value);
  if (!success || fromBase64(data.key)?.length !== 32 || fromBase64(data.signature)?.length !== 64)
    throw invalid(`its ${signaturePath} holds no Ed25519 signature`);
  const signer = await signerOf("package", manifest, data);
  if (!signer) throw invalid("its signature is not that of what it holds: it was changed after it was signed, or signed with another key");
  return signer;
}
