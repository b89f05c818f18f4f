import { token } from "@orrery/kernel";

/** A stretch of a text that is about somebody: `[start, end)` in UTF-16 units. */
export interface PrivateSpan {
  /** Upper case letters: `"EMAIL"`, `"CARD"`, `"NAME"`. */
  type: string;
  start: number;
  end: number;
}
export interface Classified {
  /** In order, none overlapping another. */
  spans: PrivateSpan[];
  /** Why the spans may not be all there are; empty when they can be relied on. Whoever asks must then treat the whole text as private. */
  doubts: string[];
}
/** Tells what of a text is about somebody, on this machine. One that throws is taken for one that doubts. */
export interface Classifier {
  classify(text: string): Promise<Classified> | Classified;
}
export const Classifier = token<Classifier>("orrery.privacy.classifier@1");
