import type { PrivateSpan } from "@orrery/sdk";
import { luhn, mod97 } from "./checksums.ts";

type Find = { pattern: RegExp; type: (found: string) => string | undefined };

const digitsOf = (found: string): string => found.replace(/\D/g, "");
const always = (type: string) => (): string => type;

function numberType(found: string): string | undefined {
  const digits = digitsOf(found);
  if (digits.length >= 12 && digits.length <= 19 && luhn(digits)) return "CARD";
  if (/^\d{3}[- ]\d{2}[- ]\d{4}$/.test(found)) return "SSN";
  if (/^(?:19|20)\d{2}[-–](?:19|20)\d{2}$/.test(found)) return undefined;
  return digits.length > 15 ? "NUMBER" : "PHONE";
}

/** Anything that has the form is found: a checksum names it and never acquits it, since a mistyped card is a card. */
const finds: readonly Find[] = [
  { pattern: /(?:\bhttps?:\/\/|\bwww\.)[^\s<>"]+/giu, type: always("URL") },
  { pattern: /[\p{L}\p{N}._%+'-]+ ?(?:@|[([] ?at ?[)\]]) ?[\p{L}\p{N}-]+(?:(?:\.| ?[([] ?dot ?[)\]] ?)[\p{L}\p{N}-]+)+/giu, type: always("EMAIL") },
  { pattern: /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d)/g, type: always("IP") },
  {
    pattern:
      /(?<![\p{L}\p{N}:])(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){3,7}|(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{0,4}::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?)(?![\p{L}\p{N}:])/giu,
    type: always("IP"),
  },
  {
    pattern: /(?<![\p{L}\p{N}])[a-z]{2}\d{2}(?:[a-z0-9]{11,30}|(?:[ -][a-z0-9]{4}){2,7}(?:[ -][a-z0-9]{1,4})?)(?![\p{L}\p{N}])/giu,
    type: (found) => (mod97(found) ? "IBAN" : "ACCOUNT"),
  },
  { pattern: /\b(?:zip|zip code|postcode|postal code|plz)\b[:\s]{1,3}[a-z0-9-]*\d[a-z0-9-]*(?: \d[a-z0-9]{1,2}\b)?/giu, type: always("ADDRESS") },
  { pattern: /(?:\+|\(|\b)\d(?:[ \t.\-()/–·]{0,3}\d){5,}/g, type: numberType },
  { pattern: /(?<![\p{L}\p{N}])(?=(?:[a-z0-9-]*\d){5})(?=[a-z0-9-]*[a-z])[a-z0-9][a-z0-9-]{5,}(?![\p{L}\p{N}])/giu, type: always("ID") },
];

/** Cards, accounts, e-mail and network addresses, numbers of phones and papers. */
export function structuredIn(text: string): PrivateSpan[] {
  return finds.flatMap(({ pattern, type }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const is = type(match[0]);
      return is === undefined ? [] : [{ type: is, start: match.index, end: match.index + match[0].length }];
    }),
  );
}
