import type { PrivateSpan } from "@orrery/sdk";
import { commonWords } from "./common-words.ts";

const token = /[\p{L}\p{M}][\p{L}\p{M}'’.-]*|\d+[\p{L}]?(?:[-/]\d+)*/gu;
const capital = /^\p{Lu}/u;
const foreign = /[^\p{Script=Latin}\p{M}\p{P}\d]/u;
const honorific = /^(?:mr|mrs|ms|miss|dr|prof|sir|madam|mx|rev|st)\.?$/i;
const alwaysCapital =
  /^(?:I|I['’](?:m|ve|ll|d)|OK|Mr|Mrs|Ms|Dr|\p{Lu}{2,4}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October|November|December)\.?$/u;
const sentenceEnd = /(?:^|[.!?:;\n\r>"“”‘([*#•]|^[-–]|\n[-–])[\s"“'‘(*#>-]*$/u;
/** Ordinary words that begin the name of a place even where they begin a sentence. */
const beginsPlaces = /^(?:new|north|south|east|west|upper|lower|great|port|san|santa|saint|los|las)$/i;
const number = /^\d/;
/** Words between two parts of one name: "Ludwig van Beethoven", "Růžena and Király u.", "Jobs of Tomorrow". */
const joint = /^(?:de|del|della|der|den|di|da|do|dos|du|la|le|las|los|van|von|af|av|zu|zum|ter|bin|ibn|al|el|y|e|u|utca|ul|of|and|the)\.?$/i;
const streetWord =
  /^(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|square|sq|way|plaza|suite|apt|apartment|box|floor|block|zip|postcode|unit)\.?$/i;

interface Word {
  text: string;
  start: number;
  end: number;
  /** It begins a sentence, a line, or what follows a colon or an opening mark. */
  opens: boolean;
}

const bare = (text: string): string => text.replace(/['’]s$/i, "").replace(/[.'’-]+$/, "");
/** A full stop after a word ends the sentence and not the name, but after an initial. */
const endOf = ({ text, start, end }: Word): number => (/^\p{L}\.$/u.test(text) ? end : start + text.replace(/[.'’-]+$/, "").length);
const isCommon = (text: string): boolean => commonWords.has(text.toLowerCase().replace("’", "'")) || commonWords.has(bare(text).toLowerCase());

/** A word that looks like part of somebody's or some place's name: another script, or a capital that neither an ordinary word nor its place in the sentence explains. */
function named({ text, opens }: Word): boolean {
  if (number.test(text)) return false;
  if (foreign.test(text)) return true;
  if (!capital.test(text) || bare(text).length < 2) return false;
  return !isCommon(text) || (!opens && !alwaysCapital.test(text));
}

/** Names of people, places and bodies, by capitals: whatever is not an ordinary word is taken for one, since a name that goes out cannot be called back. */
export function namesIn(text: string): PrivateSpan[] {
  const words: Word[] = [...text.matchAll(token)].map((match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
    opens: sentenceEnd.test(text.slice(Math.max(0, match.index - 12), match.index)),
  }));
  const close = (a: Word, b: Word): boolean => /^[\s,.'"()-]{0,3}$/u.test(text.slice(a.end, b.start));
  const spans: PrivateSpan[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] as Word;
    if (!named(word)) continue;
    let first = i;
    let last = i;
    for (let j = i + 1; j < words.length && close(words[j - 1] as Word, words[j] as Word); j += 1) {
      const next = words[j] as Word;
      const after = words[j + 1];
      if (named(next) || number.test(next.text) || streetWord.test(next.text) || /^\p{Lu}\.?$/u.test(next.text)) last = j;
      else if (joint.test(next.text) && after && close(next, after) && (named(after) || number.test(after.text) || joint.test(after.text))) continue;
      else break;
    }
    // A house number, an initial or a title before the name belongs to it.
    while (first > 0) {
      const before = words[first - 1] as Word;
      const belongs =
        number.test(before.text) ||
        honorific.test(before.text) ||
        streetWord.test(before.text) ||
        beginsPlaces.test(before.text) ||
        (/^\p{Lu}\.?$/u.test(before.text) && before.text !== "I" && before.text !== "A");
      if (!belongs || !close(before, words[first] as Word)) break;
      first -= 1;
    }
    spans.push({ type: "NAME", start: (words[first] as Word).start, end: endOf(words[last] as Word) });
    i = last;
  }
  return spans;
}
