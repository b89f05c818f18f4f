export type Bytes = Uint8Array<ArrayBuffer>;

/** The same bytes in a buffer of their own kind, copied only when they lie in a shared one. */
export const asBytes = (given: Uint8Array): Bytes => (given.buffer instanceof ArrayBuffer ? (given as Bytes) : new Uint8Array(given));

export function concat(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

/** Throws TypeError for what is not UTF-8. */
export const fromUtf8 = (bytes: Uint8Array): string => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

export const toBase64 = (bytes: Uint8Array): string => {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8_192) binary += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return btoa(binary);
};

/** Undefined for what is not base64. */
export function fromBase64(text: string): Bytes | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

/** As in Subresource Integrity: `sha512-` and base64. */
export const sha512 = async (bytes: Uint8Array): Promise<string> => `sha512-${toBase64(new Uint8Array(await crypto.subtle.digest("SHA-512", asBytes(bytes))))}`;
