/** What the wording of a question asks for, and how a sentence that gives it sounds. */
const kinds: readonly { readonly asked: RegExp; readonly given: RegExp }[] = [
  {
    asked: /\b(?:limit(?:s|ations?|ed)?|restrict\w*|constraints?|drawbacks?|downsides?|caveats?|cannot|can't|must not|maximum|trade-?offs?)\b/i,
    given:
      /\b(?:cannot|can ?not|only|except|unless|must(?: not)?|limit\w*|at most|maximum|not (?:be|possible|supported|available|affect\w*|inherit\w*|work)|never|no longer|without|timeout|restrict\w*|does not|do not|will not|is not|are not)\b|n['’]t\b/i,
  },
  {
    asked: /\b(?:why|reasons?|rationale|motivation)\b/i,
    given: /\b(?:because|since|so that|in order to|due to|therefore|reason|to avoid|allows?|the point is)\b/i,
  },
  {
    asked: /^\W*(?:(?:and|since|until|by) )*when\b|\b(?:dates?|deadlines?|schedule|timeline|how long|launch)\b/i,
    given:
      /\b(?:\d{4}-\d\d-\d\d|\d{1,2}(?:st|nd|rd|th)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*|(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)\w* \d{1,4}|(?:19|20)\d\d|weeks?|months?|days?|hours?|minutes?|seconds?|ms)\b/i,
  },
  { asked: /\b(?:how (?:much|many)|cost\w*|budget|price|number of|what share|percent\w*|size)\b/i, given: /\d/ },
  { asked: /\b(?:who|whom|whose|responsible|owner)\b/i, given: /(?<!^)\b\p{Lu}\p{Ll}+\b/u },
  {
    asked: /\b(?:risks?|dangers?|problems?|fail\w*|hazards?|threats?|concerns?)\b/i,
    given: /\b(?:risk\w*|fail\w*|could|may|might|if|danger\w*|problem\w*|lose|loss|crack\w*|leak\w*|late|delay\w*|concern\w*|worr\w*)\b/i,
  },
  {
    asked: /\b(?:decid\w*|decision|choice|chose|recommend\w*|should)\b/i,
    given: /\b(?:decid\w*|decision|chose\w*|recommend\w*|agreed|approved|prefer\w*|should|we will|reject\w*)\b/i,
  },
];
const fits = 1.12;
const misses = 0.82;

/** What a sentence's score is multiplied by for sounding, or not, like the kind of answer that is asked for. */
export function cueFor(question: string): (text: string) => number {
  const wanted = kinds.filter(({ asked }) => asked.test(question));
  return (text) => (wanted.length === 0 ? 1 : wanted.some(({ given }) => given.test(text)) ? fits : misses);
}
