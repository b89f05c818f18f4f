import { type Slot, slots } from "./slots.ts";
import { contentWords, jaccard, meaningOf, shared } from "./words.ts";

/** Two sentences that cannot both hold, and the values they differ in. */
export interface Disagreement {
  readonly kind: "number" | "date" | "negation" | "name";
  /** What the first says, what the second says: "14 March" / "2 April". */
  readonly values: readonly [string, string];
}

/** A sentence taken apart once, for many comparisons. */
export interface Facts {
  readonly stems: ReadonlySet<string>;
  /** Those and the heading's: what it is about. */
  readonly topic: ReadonlySet<string>;
  readonly slots: readonly Slot[];
  readonly names: ReadonlySet<string>;
  readonly code: ReadonlySet<string>;
  readonly negated: boolean;
  /** Speaks of what used to be, of examples or of conditions: no ground for a contradiction. */
  readonly tentative: boolean;
  readonly text: string;
}

const negation = /\b(?:not|never|no|none|cannot|nor|neither|without)\b|n['’]t\b/i;
const tentative =
  /\b(?:previously|originally|formerly|earlier|used to|no longer|instead of|rather than|up from|down from|compared (?:with|to)|for example|for instance|e\.g|such as|if|unless|when|whether|could|might|or|example|moved from|changed from|before version|deprecated|assum\w+|scenario)\b/i;

const mostContext = 8;

/** `context` (the heading above) helps two sentences to be about one thing, never to differ. */
export function facts(text: string, context = ""): Facts {
  const plain = text.replace(/\]\([^)]*\)/g, "]");
  const own = contentWords(plain)
    .map((word) => meaningOf(word.stem))
    .filter((stem) => !/^\d/.test(stem));
  const above = contentWords(context)
    .slice(0, mostContext)
    .map((word) => meaningOf(word.stem))
    .filter((stem) => !/^\d/.test(stem));
  return {
    text,
    stems: new Set(own),
    topic: new Set([...own, ...above]),
    slots: slots(text),
    names: namesIn(plain),
    code: new Set(
      [...(text.match(/`[^`]+`/g) ?? []), ...(plain.match(/\b\p{Ll}+\p{Lu}\w*|\b[A-Z]+(?:_[A-Z]+)+\b/gu) ?? [])].map((name) =>
        name.replace(/[`()]/g, "").replace(/^.*\./, ""),
      ),
    ),
    negated: negation.test(plain),
    tentative: tentative.test(plain),
  };
}

/** Capitalised words that do not merely open the sentence, months and weekdays aside. */
function namesIn(text: string): Set<string> {
  const out = new Set<string>();
  for (const match of text.replace(/`[^`]*`/g, " ").matchAll(/(?<!^)(?<![.!?:|;*_>]\s*)\b\p{Lu}[\p{L}\p{N}]*(?:[ -]\p{Lu}[\p{L}\p{N}]*)*/gu))
    if (!/^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Q\d|I$|USD|EUR|GBP)/.test(match[0])) out.add(match[0].toLowerCase());
  return out;
}

/**
 * Do two sentences contradict each other? Built for precision: they must speak of the same thing (weighted overlap of their words,
 * no code name or version that only one of them is about) and differ in one aligned value. `weight` is a stem's rarity.
 */
export function disagreement(a: Facts, b: Facts, weight: (stem: string) => number): Disagreement | undefined {
  if (a.tentative || b.tentative || differentSubject(a, b)) return undefined;
  const alike = shared(a.topic, b.topic, weight);
  const common = [...a.topic].filter((stem) => b.topic.has(stem)).length;
  if (common < 2 || alike < 0.35) return undefined;
  return valueDiffers(a, b, weight) ?? polarityDiffers(a, b, weight) ?? nameDiffers(a, b, weight);
}

/** Each names something the other does not: another function, another version, another product. */
function differentSubject(a: Facts, b: Facts): boolean {
  const apart = (x: ReadonlySet<string>, y: ReadonlySet<string>) => [...x].some((item) => !y.has(item)) && [...y].some((item) => !x.has(item));
  const onlyOne = (x: ReadonlySet<string>, y: ReadonlySet<string>) => x.size > 0 && y.size > 0 && ![...x].some((item) => y.has(item));
  const labels = (facts: Facts) => new Set(facts.slots.filter((slot) => slot.unit === "name").map((slot) => slot.value));
  return onlyOne(a.code, b.code) || apart(a.code, b.code) || apart(labels(a), labels(b));
}

const measured = new Set(["time", "percent", "length", "mass", "data"]);

function valueDiffers(a: Facts, b: Facts, weight: (stem: string) => number): Disagreement | undefined {
  if (a.names.size > 0 && b.names.size > 0 && ![...a.names].some((name) => b.names.has(name) || b.text.toLowerCase().includes(name))) return undefined;
  for (const mine of a.slots) {
    if (mine.unit === "name") continue;
    const theirs = b.slots.filter((slot) => slot.kind === mine.kind && slot.unit === mine.unit);
    if (theirs.length === 0 || theirs.some((slot) => slot.value === mine.value)) continue;
    // A value the other sentence also gives elsewhere is about something else here.
    const rest = theirs.filter((slot) => !a.slots.some((own) => own.unit === slot.unit && own.value === slot.value));
    for (const other of rest) {
      const near = [...mine.near].filter((stem) => other.near.has(stem));
      // What is counted is itself a word they share; a unit of time or money is not.
      if (!measured.has(mine.unit) && !mine.unit.startsWith("money") && mine.kind === "number") near.push(mine.unit);
      const strength = near.reduce((sum, stem) => sum + weight(stem), 0);
      if (near.length >= 2 && strength >= 6 && shared(mine.near, other.near, weight) >= 0.4) return { kind: mine.kind, values: [mine.raw, other.raw] };
    }
  }
  return undefined;
}

const opposites: readonly (readonly [RegExp, RegExp])[] = [
  [/\benabled\b/i, /\bdisabled\b/i],
  [/\b(?:allowed|permitted)\b/i, /\b(?:forbidden|prohibited|disallowed)\b/i],
  [/\brequired\b|\bmandatory\b/i, /\boptional\b/i],
  [/\bincreas\w+|\bros?e\b|\bgrew\b/i, /\bdecreas\w+|\bfell\b|\bshrank\b|\bdropped\b/i],
  [/\bapproved\b|\baccepted\b/i, /\brejected\b|\bdeclined\b/i],
  [/\bbefore\b/i, /\bafter\b/i],
  [/\bincluded\b/i, /\bexcluded\b/i],
  [/\bpassed\b/i, /\bfailed\b/i],
];

function polarityDiffers(a: Facts, b: Facts, weight: (stem: string) => number): Disagreement | undefined {
  const alike = jaccard(a.stems, b.stems, weight);
  const sameCode = a.code.size === b.code.size && [...a.code].every((name) => b.code.has(name));
  const apart = [...a.stems].filter((stem) => !b.stems.has(stem)).length + [...b.stems].filter((stem) => !a.stems.has(stem)).length;
  const statements = /[.!]["')\]]*$/.test(a.text) && /[.!]["')\]]*$/.test(b.text);
  if (a.negated !== b.negated && sameCode && statements && apart <= 1 && alike >= 0.72 && Math.min(a.stems.size, b.stems.size) >= (apart === 0 ? 3 : 4))
    return { kind: "negation", values: a.negated ? ["not so", "so"] : ["so", "not so"] };
  if (a.negated || b.negated || alike < 0.55) return undefined;
  for (const [one, other] of opposites)
    for (const [x, y, flip] of [
      [a, b, false],
      [b, a, true],
    ] as const) {
      const left = one.exec(x.text)?.[0];
      const right = other.exec(y.text)?.[0];
      if (left && right && !other.test(x.text) && !one.test(y.text)) return { kind: "negation", values: flip ? [right, left] : [left, right] };
    }
  return undefined;
}

const duty =
  "led|leads|owned|owns|run|runs|managed|manages|written|built|builds|supplied|supplies|chaired|chairs|headed|heads|maintained|maintains|delivers|designed|reviewed|approved";
const name = "(?:(?:Dr|Mr|Mrs|Ms|Prof)\\.? )?\\p{Lu}[\\p{L}\\p{N}]*(?:[ -]\\p{Lu}[\\p{L}\\p{N}]*)*";
const roles: readonly RegExp[] = [
  new RegExp(`\\b(?<role>${duty}) by (?:the )?(?<name>${name})`, "u"),
  new RegExp(`(?<name>${name}) (?<role>${duty}) (?:the|our|this|all) `, "u"),
  new RegExp(
    `\\b(?<role>owner|lead|manager|chair|head|supplier|vendor|author|director|contact|sponsor|maintainer|architect|engineer|licence|license)(?: (?:is|was|will be)(?: the)?|:) (?<name>${name})`,
    "u",
  ),
];

/** Who does what: "led by Tom Brandt" and "Maria Okafor leads the…" are one role with two names. */
function nameDiffers(a: Facts, b: Facts, weight: (stem: string) => number): Disagreement | undefined {
  return roleDiffers(a, b, weight) ?? placeDiffers(a, b, weight);
}

function roleDiffers(a: Facts, b: Facts, weight: (stem: string) => number): Disagreement | undefined {
  const held = (facts: Facts) => {
    for (const pattern of roles) {
      const found = pattern.exec(facts.text)?.groups;
      if (found?.role && found.name)
        return {
          role: found.role
            .toLowerCase()
            .replace(/^led$/, "lead")
            .replace(/(?:ed|s)$/, ""),
          name: found.name,
        };
    }
    return undefined;
  };
  const [mine, theirs] = [held(a), held(b)];
  if (!mine || !theirs || mine.role !== theirs.role) return undefined;
  return differ(a, b, mine.name, theirs.name, 0.45, weight);
}

/** "stored in Frankfurt" and "stored in Virginia", "under the MIT licence" and "under the GPL licence": all else is the same. */
function placeDiffers(a: Facts, b: Facts, weight: (stem: string) => number): Disagreement | undefined {
  const named = (facts: Facts) =>
    [...facts.text.matchAll(new RegExp(`(?<before>\\p{L}{3,} (?:in|at|from|under|by|to|on|with)(?: the)?) (?<name>${name})`, "gu"))].map(
      (match) => match.groups as { before: string; name: string },
    );
  for (const mine of named(a))
    for (const theirs of named(b)) {
      if (mine.before.toLowerCase() !== theirs.before.toLowerCase() || month.test(mine.name) || month.test(theirs.name)) continue;
      const found = differ(a, b, mine.name, theirs.name, 0.85, weight);
      if (found) return found;
    }
  return undefined;
}
const month = /^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Q\d)/;

/** The two names, when neither is part of the other sentence and what is left of the shorter sentence is in the longer one, `least` of it. */
function differ(a: Facts, b: Facts, mine: string, theirs: string, least: number, weight: (stem: string) => number): Disagreement | undefined {
  if (a.text.toLowerCase().includes(theirs.toLowerCase()) || b.text.toLowerCase().includes(mine.toLowerCase())) return undefined;
  const without = (facts: Facts, words: string) => {
    const drop = new Set(contentWords(words).map((word) => meaningOf(word.stem)));
    return new Set([...facts.stems].filter((stem) => !drop.has(stem)));
  };
  const [left, right] = [without(a, mine), without(b, theirs)];
  if (Math.min(left.size, right.size) < 2 || shared(left, right, weight) < least) return undefined;
  return { kind: "name", values: [mine, theirs] };
}
