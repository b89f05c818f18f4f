import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { OrreryError } from "@orrery/sdk";

const shape = /^[\w-]{43}$/;

/** The token of this installation: 256 random bits, made once, in a file only its owner can read. */
export function accessToken(file: string): string {
  const kept = read(file);
  if (kept !== undefined && shape.test(kept)) return kept;
  const made = randomBytes(32).toString("base64url");
  try {
    // Of two servers started at once the first writes, and the second reads what it wrote.
    writeFileSync(file, `${made}\n`, { mode: 0o600, flag: kept === undefined ? "wx" : "w" });
    return made;
  } catch (cause) {
    const other = read(file);
    if (other !== undefined && shape.test(other)) return other;
    throw new OrreryError("HOME_UNWRITABLE", `the token cannot be written to ${file}`, {
      todo: "Check the owner and permissions of the data folder (orrery config path).",
      cause,
    });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}
