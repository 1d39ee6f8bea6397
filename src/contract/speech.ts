/** What an utterance is, what is said in it, and how it ends. */

/**
 * Why an utterance is over. `completed`: its sender said that it is whole, and all of it was heard. `interrupted`: the
 * rest of it is dropped, or was refused by an error as it came. `underrun`: its sender has stopped without a word.
 */
export const SPEECH_ENDS = ['completed', 'interrupted', 'underrun'] as const;
export type SpeechEnd = (typeof SPEECH_ENDS)[number];

/** An utterance that is not complete has stalled when no voice of it has been there for so long. */
export const STALLED_AFTER_MS = 300;
/** One that has stalled ends, with `underrun`, when no more voice of it comes for so long. */
export const UNDERRUN_AFTER_MS = 10_000;
/** For connections of version 1, and for what a microphone hears: an utterance is complete after so long without voice. */
export const LAPSES_AFTER_MS = 1000;

/** The longest name of an utterance, characters. */
export const MAX_UTTERANCE_ID_LENGTH = 64;

/** A word of an utterance, or a few that belong together; its times count from the first sample of the utterance. */
export interface Word {
  text: string;
  startMs: number;
  endMs: number;
}

/** The longest text of a word, characters. */
export const MAX_WORD_LENGTH = 100;
/** As many are told in one message. */
export const MAX_WORDS_IN_MESSAGE = 200;
/** Beyond any utterance that ever was: four hours. */
export const MAX_WORD_TIME_MS = 4 * 3600 * 1000;
