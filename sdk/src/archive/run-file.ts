import { z } from "zod";
import { OrreryError } from "../error.ts";
import { type EventType, events } from "../events.ts";
import type { JournalEntry } from "../journal.ts";
import { type PublisherKey, type SignedBy, signedBy, signText } from "../package/signature.ts";
import { nesting } from "../sandbox/message.ts";
import { sha256, sha256Hex as hash } from "../sha256.ts";
import type { WorkspaceFile } from "../workspace.ts";

/** A run in a file: its journal's entries with their hash chain, and every version of the files its agents wrote. */
export interface RunFile {
  run: string;
  entries: JournalEntry[];
  files: { path: string; version: number; from: string; bytes: Uint8Array }[];
  /** Of the run's name and its last entry's index and hash. */
  signed?: SignedBy;
}

/** Characters of a file that is read, and nesting of one line. */
export const runFileLimits = { characters: 64_000_000, depth: 128 } as const;

const format = "orrery-run@1";
const id = z.string().regex(/^[\w.:-]{1,200}$/);
const count = z.int().nonnegative();
const first = z.strictObject({ format: z.literal(format), run: id, events: count, files: count, head: hash });
const line = z.strictObject({
  idx: count,
  type: z.string(),
  actor: z.string(),
  workspace: z.string(),
  ts: z.number(),
  data: z.unknown(),
  prevHash: hash,
  hash,
});
const file = z.strictObject({ path: z.string(), version: z.int().positive(), from: z.string(), base64: z.base64() });
const last = z.strictObject({ sha256: hash, signed: signedBy.optional() });

/** What is signed of a run: no entry before the last can be changed, and none be cut off, without the last being another. */
export const headText = (run: string, index: number, head: string): string => `${run}\n${index}\n${head}\n`;

/** One JSON value a line: what the run is, its entries, its files, and the SHA-256 of all lines before, with a signature of the head where there is one. */
export async function writeRunFile(
  run: string,
  entries: readonly JournalEntry[],
  files: readonly { file: WorkspaceFile; bytes: Uint8Array }[],
  signed?: SignedBy,
): Promise<string> {
  const head = entries.at(-1)?.hash ?? "";
  const lines = [
    { format, run, events: entries.length, files: files.length, head },
    // Named one by one: a store may give them back in another order, and the same run is the same text.
    ...entries.map(({ idx, type, actor, workspace, ts, data, prevHash, hash }) => ({ idx, type, actor, workspace, ts, data, prevHash, hash })),
    ...files.map(({ file: { path, version, from }, bytes }) => ({ path, version, from, base64: base64Of(bytes) })),
  ];
  const text = lines.map((each) => `${JSON.stringify(each)}\n`).join("");
  return `${text}${JSON.stringify({ sha256: await sha256(text), ...(signed ? { signed } : {}) })}\n`;
}

/** The same file with this key's signature, in place of any other. Throws KEY_INVALID and what `readRunFile` throws. */
export async function signRunFile(text: string, key: Pick<PublisherKey, "privateKey" | "publicKey">): Promise<string> {
  const { run, entries } = await readRunFile(text);
  const signed = await signText("run", headText(run, entries.length - 1, entries.at(-1)?.hash ?? ""), key);
  const end = text.lastIndexOf("\n", text.length - 2) + 1;
  return `${text.slice(0, end)}${JSON.stringify({ sha256: read(last, text.slice(end), entries.length + 2).sha256, signed })}\n`;
}

/** The form of each line is checked, and that none is missing: neither chain nor signature. Throws RUN_FILE_INVALID, RUN_FILE_TORN. */
export async function readRunFile(text: string): Promise<RunFile> {
  if (text.length > runFileLimits.characters) throw invalid(`it has ${text.length} characters; ${runFileLimits.characters} are the most`);
  const end = text.indexOf("\n");
  // The first line of something else may be all of it.
  if (end < 0 || end > 2_000) throw invalid("its first line is not that of one");
  const { run, events: expected, files: further, head } = read(first, text.slice(0, end), 1);
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.length !== expected + further + 2) throw torn(`it has ${lines.length} whole lines and should have ${expected + further + 2}`);
  const closing = lines.at(-1) ?? "";
  const { sha256: said, signed } = read(last, closing, lines.length);
  if (said !== (await sha256(text.slice(0, text.length - closing.length - 1)))) throw torn("its lines are not those it was written with");
  const entries = lines.slice(1, 1 + expected).map((each, i) => entryOf(run, each, i));
  const files = lines.slice(1 + expected, -1).map((each, i) => {
    const { base64, ...rest } = read(file, each, expected + i + 2);
    return { ...rest, bytes: bytesOf(base64) };
  });
  if (entries.at(-1)?.hash !== head) throw invalid("its last entry is not the one its first line names");
  if (entries[0]?.type !== "run.submitted") throw invalid("its first entry is not that of a run");
  return { run, entries, files, ...(signed ? { signed } : {}) };
}

function entryOf(run: string, text: string, i: number): JournalEntry {
  const entry = read(line, text, i + 2);
  const schema = Object.hasOwn(events, entry.type) ? events[entry.type as EventType] : undefined;
  if (!schema) throw invalid(`line ${i + 2}: "${entry.type.slice(0, 60)}" is no kind of entry this version knows; a newer one may have written it`);
  const fits = schema.safeParse(entry.data);
  if (!fits.success) throw invalid(`line ${i + 2}: ${issueOf(fits.error)} (${entry.type})`);
  return { ...entry, data: entry.data as JournalEntry["data"], run, seq: 0 };
}

function read<T extends z.ZodType>(schema: T, text: string, line: number): z.output<T> {
  let value: unknown;
  try {
    if (nesting(text) > runFileLimits.depth) throw new Error("too deep");
    value = JSON.parse(text);
  } catch {
    throw invalid(`line ${line} is not JSON, or nests too deep`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid(`line ${line}: ${issueOf(parsed.error)}`);
  return parsed.data;
}

const issueOf = ({ issues: [issue] }: z.ZodError): string => `${issue?.path.join(".") || "it"}: ${issue?.message ?? "not as it should be"}`.slice(0, 300);
const invalid = (what: string): OrreryError =>
  new OrreryError("RUN_FILE_INVALID", `This is no run's file: ${what}. Nothing was kept.`, { todo: "Take a file that `orrery runs export RUN` wrote." });
const torn = (what: string): OrreryError =>
  new OrreryError("RUN_FILE_TORN", `The file is not whole: ${what}. Nothing was kept.`, { todo: "Copy it again, or export the run again." });

function base64Of(bytes: Uint8Array): string {
  let binary = "";
  // An argument list has an end.
  for (let at = 0; at < bytes.length; at += 8_192) binary += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return btoa(binary);
}
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
