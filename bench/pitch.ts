/** The pitch of a voice by autocorrelation, and where it rises at the ends of voiced stretches. */

const RATE_HZ = 16000;
const [HOP, WINDOW] = [160, 640];
const [SHORTEST_LAG, LONGEST_LAG] = [40, 200];
const [VOICED, QUIET_SHARE] = [0.6, 0.02];
/** Frames of 10 ms: the end of a voiced stretch, and what has to follow it without voice. */
const [END_FRAMES, UNVOICED_FRAMES] = [24, 6];
const LEAST_FRAMES = 12;
const RISE_SEMITONES = 2;
const MISTAKE_SEMITONES = 5;

/** Seconds at which voiced stretches end on a rise of two semitones and more. `voice`: mono at 16 kHz. */
export function risingEnds(voice: Float32Array): number[] {
  const pitch = semitones(voice);
  const found: number[] = [];
  let stretch: number[] = [];
  let unvoiced = 0;
  for (const [frame, value] of pitch.entries()) {
    if (value !== undefined) {
      stretch.push(value);
      unvoiced = 0;
      continue;
    }
    unvoiced++;
    if (unvoiced === UNVOICED_FRAMES) {
      if (isRise(stretch.slice(-END_FRAMES))) found.push(((frame - UNVOICED_FRAMES) * HOP) / RATE_HZ);
      stretch = [];
    }
  }
  return found;
}

function isRise(end: readonly number[]): boolean {
  if (end.length < LEAST_FRAMES) return false;
  if (end.some((value, i) => i > 0 && Math.abs(value - end[i - 1]) > MISTAKE_SEMITONES)) return false;
  const third = Math.floor(end.length / 3);
  const mean = (part: readonly number[]) => part.reduce((sum, value) => sum + value, 0) / part.length;
  return mean(end.slice(-third)) - mean(end.slice(0, third)) >= RISE_SEMITONES;
}

/** Of each 10 ms; undefined where there is none. */
function semitones(voice: Float32Array): (number | undefined)[] {
  const frames = Math.floor((voice.length - WINDOW - LONGEST_LAG) / HOP);
  const powers = Array.from({ length: Math.max(0, frames) }, (_, i) => power(voice, i * HOP));
  const loudest = Math.max(...powers);
  return powers.map((own, i) => {
    if (own < QUIET_SHARE * QUIET_SHARE * loudest) return undefined;
    let [best, bestLag] = [0, 0];
    for (let lag = SHORTEST_LAG; lag <= LONGEST_LAG; lag++) {
      let sum = 0;
      for (let k = 0; k < WINDOW; k += 2) sum += voice[i * HOP + k] * voice[i * HOP + k + lag];
      const likeness = (2 * sum) / Math.sqrt(own * power(voice, i * HOP + lag));
      // Twice the period is as like: the shorter one counts unless the longer is clearly better.
      if (likeness > best + 0.03) {
        best = likeness;
        bestLag = lag;
      }
    }
    return best > VOICED ? 12 * Math.log2(RATE_HZ / bestLag) : undefined;
  });
}

function power(voice: Float32Array, at: number): number {
  let sum = 0;
  for (let k = at; k < at + WINDOW; k++) sum += voice[k] * voice[k];
  return sum;
}
