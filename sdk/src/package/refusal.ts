import { OrreryError } from "../error.ts";

const advice = "Do not install it. Ask for the package anew, from where its author offers it.";

/** Why a package is not taken. What comes from inside it is quoted and cut, never shown as it is. */
export const refusePackage = (code: string, message: string, todo = advice, cause?: unknown): OrreryError =>
  new OrreryError(code, `the package was refused: ${message}`, { todo, refusal: true, ...(cause === undefined ? {} : { cause }) });

/** A text from inside a package, safe to show. */
export function quoted(text: string): string {
  const cut = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  return JSON.stringify(cut).replace(
    /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
