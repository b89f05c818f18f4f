/** Bytes as text, or why not. UTF-8 (with or without a mark) and UTF-16 with a byte-order mark; nothing is guessed. */
export type Decoded = { readonly text: string } | { readonly code: "BINARY" | "ENCODING"; readonly reason: string };

export function decode(bytes: Uint8Array): Decoded {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : undefined;
  if (!utf16 && bytes.subarray(0, 8_192).includes(0)) return { code: "BINARY", reason: "it is a binary file, not text" };
  try {
    return { text: new TextDecoder(utf16 ?? "utf-8", { fatal: true }).decode(bytes) };
  } catch {
    const control = bytes.subarray(0, 8_192).reduce((sum, byte) => sum + (byte < 9 || (byte > 13 && byte < 32) ? 1 : 0), 0);
    return control > 4
      ? { code: "BINARY", reason: "it is a binary file, not text" }
      : { code: "ENCODING", reason: "its text is not valid UTF-8: save it as UTF-8 and hand it in again" };
  }
}
