import { OrreryError } from "@orrery/sdk";

const longest = 240;
const hiding = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** Names that mean a device to some systems, for the day somebody saves the files there. */
const device = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

const rules: readonly { broken(path: string, parts: readonly string[]): boolean; says: string }[] = [
  { broken: (path) => path === "" || path.length > longest, says: `a path has 1 to ${longest} characters` },
  { broken: (path) => hiding.test(path) || /[\\:*?"<>|]/.test(path), says: 'a path has no control characters and none of \\ : * ? " < > |' },
  { broken: (_, parts) => parts.some((part) => part === "" || /^\.+$/.test(part)), says: "a path is relative and has no empty parts, no . and no .." },
  {
    broken: (_, parts) => parts.some((part) => device.test(part) || /[. ]$|^ /.test(part)),
    says: "no part of a path is a device's name, or begins with a space, or ends in a dot or a space",
  },
];

/** A path as it is kept: relative, forward slashes, one spelling a file. Throws WORKSPACE_PATH for what leaves the folder or hides something. */
export function pathOf(given: string): string {
  const path = given.normalize("NFC").replace(/^(\.\/)+/, "");
  const broken = rules.find((rule) => rule.broken(path, path.split("/")));
  if (!broken) return path;
  throw new OrreryError("WORKSPACE_PATH", `${JSON.stringify(given.slice(0, 100))} is not a path in the run's folder: ${broken.says}.`, {
    todo: "Write a relative path, as notes/plan.md.",
    refusal: true,
  });
}
