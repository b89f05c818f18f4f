import { hashInput, type JournalEntry } from "@orrery/sdk";

const encoder = new TextEncoder();

export const byteLength = (text: string): number => encoder.encode(text).length;

/** SHA-256, hex, of what `hashInput` takes from an entry. */
export async function hashEntry(entry: Omit<JournalEntry, "hash" | "seq">): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(hashInput(entry)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
