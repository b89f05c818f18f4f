import { hashInput, type JournalEntry } from "@orrery/sdk";

const encoder = new TextEncoder();

export const byteLength = (text: string): number => encoder.encode(text).length;

/** SHA-256, hex. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Of what `hashInput` takes from an entry. */
export const hashEntry = (entry: Omit<JournalEntry, "hash" | "seq">): Promise<string> => sha256(hashInput(entry));
