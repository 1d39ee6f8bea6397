/** The sets of ARPABET phones that QUALITY part A is about. */

/** ARPABET phone without stress digits, with its begin and end in seconds. */
export type Phone = [name: string, from: number, to: number];

const set = (names: string) => new Set(names.split(' '));

export const BILABIALS = set('P B M');
export const LABIODENTALS = set('F V');
export const VOWELS = set('AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW');
export const OPEN_VOWELS = set('AA AE AH AO AY AW');
export const NARROW_CONSONANTS = set('P B M F V S Z SH CH JH');
export const ROUND = set('UW OW OY W');
export const SPREAD = set('IY EY EH AE');
export const SILENCE = 'SIL';
