import { contentWords, meaningOf, stemOf } from "./words.ts";

/** Something in a sentence that has a value and can therefore disagree: what is measured (`unit`), how much (`value`), and the words around it. */
export interface Slot {
  readonly kind: "number" | "date";
  /** Two slots are comparable only within one unit: `money:usd`, `percent`, `time`, a noun's stem, `day`, `month`, `year`, `weekday`, `clock`. */
  readonly unit: string;
  readonly value: string;
  readonly raw: string;
  /** Stems of the content words within reach of it. */
  readonly near: ReadonlySet<string>;
}

const months = "january february march april may june july august september october november december".split(" ");
const monthPattern =
  "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const monthOf = (name: string): number => months.findIndex((month) => month.startsWith(name.toLowerCase().slice(0, 3))) + 1;

const scale: Record<string, number> = { k: 1e3, thousand: 1e3, m: 1e6, million: 1e6, bn: 1e9, billion: 1e9 };
const durations: Record<string, number> = {
  ms: 1,
  millisecond: 1,
  msec: 1,
  s: 1e3,
  sec: 1e3,
  second: 1e3,
  min: 6e4,
  minute: 6e4,
  h: 3.6e6,
  hr: 3.6e6,
  hour: 3.6e6,
  day: 8.64e7,
  week: 6.048e8,
  month: 2.592e9,
  year: 3.1536e10,
};
const measures: Record<string, readonly [string, number]> = {
  m: ["length", 1],
  metre: ["length", 1],
  meter: ["length", 1],
  km: ["length", 1e3],
  kilometre: ["length", 1e3],
  kilometer: ["length", 1e3],
  cm: ["length", 1e-2],
  mm: ["length", 1e-3],
  mile: ["length", 1609.344],
  kg: ["mass", 1],
  kilogram: ["mass", 1],
  g: ["mass", 1e-3],
  tonne: ["mass", 1e3],
  kb: ["data", 1e3],
  kib: ["data", 1024],
  mb: ["data", 1e6],
  mib: ["data", 1048576],
  gb: ["data", 1e9],
  gib: ["data", 1073741824],
  tb: ["data", 1e12],
};
const spelled: Record<string, number> = {
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  eighteen: 18,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  ninety: 90,
  hundred: 100,
};
const currencies: Record<string, string> = {
  $: "usd",
  "€": "eur",
  "£": "gbp",
  usd: "usd",
  dollar: "usd",
  dollars: "usd",
  eur: "eur",
  euro: "eur",
  euros: "eur",
  gbp: "gbp",
  pounds: "gbp",
  chf: "chf",
  francs: "chf",
};

/** Every date and every quantity of a sentence. Versions, section numbers, addresses and code are not quantities. */
export function slots(sentence: string): Slot[] {
  const text = sentence.replace(/`[^`]*`|https?:\/\/\S+|\]\([^)]*\)/g, (code) => " ".repeat(code.length));
  const found: { slot: Omit<Slot, "near">; from: number; to: number }[] = [];
  const taken = (from: number, to: number) => found.some((other) => from < other.to && other.from < to);
  const take = (match: RegExpMatchArray, slot: Omit<Slot, "near" | "raw">) => {
    const from = match.index ?? 0;
    if (!taken(from, from + match[0].length)) found.push({ slot: { ...slot, raw: match[0].trim() }, from, to: from + match[0].length });
  };
  dates(text, take);
  quantities(text, take);
  const words = contentWords(text);
  return found
    .sort((a, b) => a.from - b.from)
    .map(({ slot, from, to }) => {
      const before = words.filter((word) => word.at < from).slice(-6);
      const after = words.filter((word) => word.at >= to).slice(0, 5);
      return { ...slot, near: new Set([...before, ...after].map((word) => meaningOf(word.stem)).filter((stem) => !/\d/.test(stem))) };
    });
}

type Take = (match: RegExpMatchArray, slot: Omit<Slot, "near" | "raw">) => void;

function dates(text: string, take: Take): void {
  const pad = (n: number | string) => String(n).padStart(2, "0");
  for (const match of text.matchAll(/\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b/g)) take(match, { kind: "date", unit: "day", value: `${match[2]}-${match[3]}` });
  for (const match of text.matchAll(new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? (${monthPattern})\\b\\.?(?:,? (?:(?:19|20)\\d\\d))?`, "gi")))
    take(match, { kind: "date", unit: "day", value: `${pad(monthOf(match[2] ?? ""))}-${pad(match[1] ?? "")}` });
  for (const match of text.matchAll(new RegExp(`\\b(${monthPattern})\\.? (\\d{1,2})(?:st|nd|rd|th)?\\b(?:,? (?:(?:19|20)\\d\\d))?`, "gi")))
    take(match, { kind: "date", unit: "day", value: `${pad(monthOf(match[1] ?? ""))}-${pad(match[2] ?? "")}` });
  for (const match of text.matchAll(new RegExp(`\\b(${monthPattern}) ((?:19|20)\\d\\d)\\b`, "gi")))
    take(match, { kind: "date", unit: "month", value: `${match[2]}-${pad(monthOf(match[1] ?? ""))}` });
  for (const match of text.matchAll(/\b(?:on |every |each )?(monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?\b/gi))
    take(match, { kind: "date", unit: "weekday", value: (match[1] ?? "").toLowerCase() });
  for (const match of text.matchAll(/\b([01]?\d|2[0-3])[:.]([0-5]\d)(?:\s?([ap])\.?m\b\.?)?(?![.\d])/gi))
    take(match, {
      kind: "date",
      unit: "clock",
      value: `${(Number(match[1]) % 12) + (/p/i.test(match[3] ?? "") || (!match[3] && Number(match[1]) >= 12) ? 12 : 0)}:${match[2]}`,
    });
  for (const match of text.matchAll(/\b(?:Q([1-4]) ((?:19|20)\d\d)|((?:19|20)\d\d)[ -]?Q([1-4]))\b/g))
    take(match, { kind: "date", unit: "quarter", value: `${match[2] ?? match[3]}-${match[1] ?? match[4]}` });
  for (const match of text.matchAll(/\b(?:in|by|since|until|during|of) ((?:19|20)\d\d)\b/gi))
    take(match, { kind: "date", unit: "year", value: match[1] ?? "" });
}

function quantities(text: string, take: Take): void {
  const number = "(\\d{1,3}(?:[, ]\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?)";
  const amount = (digits: string | undefined, word?: string) => String(Number((digits ?? "").replace(/[, ]/g, "")) * (scale[(word ?? "").toLowerCase()] ?? 1));
  for (const match of text.matchAll(
    /\b(?:v|version |node(?:\.js)? )\d+(?:\.(?:\d+|x))*|\b\d+(?:\.(?:\d+|x)){2,}|#\d+|\b(?:section|figure|table|step|chapter|page|part|day|week|phase|option|room) \d+/gi,
  ))
    take(match, { kind: "number", unit: "name", value: match[0].toLowerCase() });
  for (const match of text.matchAll(new RegExp(`([$€£])\\s?${number}(?:\\s?(k|m|bn|thousand|million|billion)\\b)?`, "gi")))
    take(match, { kind: "number", unit: `money:${currencies[match[1] ?? ""]}`, value: amount(match[2], match[3]) });
  for (const match of text.matchAll(
    new RegExp(`\\b${number}\\s?(k|m|bn|thousand|million|billion)?\\s?(usd|dollars?|eur|euros?|gbp|pounds|chf|francs)\\b`, "gi"),
  ))
    take(match, { kind: "number", unit: `money:${currencies[(match[3] ?? "").toLowerCase()]}`, value: amount(match[1], match[2]) });
  for (const match of text.matchAll(new RegExp(`(?<![\\w./-])${number}\\s?(?:%|per ?cent\\b)`, "gi")))
    take(match, { kind: "number", unit: "percent", value: amount(match[1]) });
  for (const match of text.matchAll(new RegExp(`(?<![\\w.#/-])${number}(?:[\\s-]?(k|m|bn|thousand|million|billion)\\b)?[\\s-]?(\\p{L}[\\p{L}/]*)`, "giu")))
    quantity(match, amount(match[1], match[2]), (match[3] ?? "").toLowerCase(), take);
  for (const match of text.matchAll(new RegExp(`\\b(${Object.keys(spelled).join("|")})[\\s-](\\p{L}+)`, "giu")))
    quantity(match, String(spelled[(match[1] ?? "").toLowerCase()]), (match[2] ?? "").toLowerCase(), take);
}

function quantity(match: RegExpMatchArray, value: string, noun: string, take: Take): void {
  const measure = measures[noun] ?? measures[noun.replace(/s$/, "")];
  if (measure) return take(match, { kind: "number", unit: measure[0], value: String(Number((Number(value) * measure[1]).toPrecision(12))) });
  const duration = durations[noun] ?? durations[noun.replace(/s$/, "")];
  if (duration !== undefined) return take(match, { kind: "number", unit: "time", value: String(Number(value) * duration) });
  if (
    noun.length < 2 ||
    /^(?:and|or|to|of|in|is|are|was|the|a|an|on|at|for|with|as|by|from|if|per|but|so|than|that|when|which|have|has|had|can|will|out|st|nd|rd|th)$/.test(noun)
  )
    return;
  take(match, { kind: "number", unit: stemOf(noun), value });
}
