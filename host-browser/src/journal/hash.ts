import { sha256 as digest } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { hashInput, type JournalEntry } from "@orrery/sdk";

const encoder = new TextEncoder();

export const byteLength = (text: string): number => encoder.encode(text).length;

/** SHA-256, hex. In the language: the engine's own answers from another thread, which takes longer than an entry's hash. */
export const sha256 = (text: string): string => bytesToHex(digest(encoder.encode(text)));

/** Of what `hashInput` takes from an entry. */
export const hashEntry = (entry: Omit<JournalEntry, "hash" | "seq">): string => sha256(hashInput(entry));
