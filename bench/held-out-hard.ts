/** Hard voices (QUALITY A.2): readers that training never hears and that are hard to read, and hardened copies. */
import { resampleAll } from '../src/audio/resampler.ts';
import { CONDITIONS, type Condition, harden } from './hard-conditions.ts';
import { britishSpeech, type Clip, heldOutSpeech } from './held-out-speech.ts';
import { EFFECT_RATE_HZ } from './voice-effects.ts';

/** Of VCTK: kept out of the motion model's training for ever, the hardest of the ten among them. */
const BRITISH_READERS = ['p225', 'p227', 'p230', 'p236', 'p244', 'p254'];
/** The worst quarter of the easy set's readers, by what was missed in their recordings and hardened copies. */
const HARD_READERS = ['8095', '8123', '8419', '8609', '8747', 'jfk'];
/** How many other readers talk at once in babble. */
const CROWD = 6;

export interface HardClip extends Clip {
  condition: 'British readers' | 'hard readers' | Condition;
}

/** Readers that are hard as recorded, then a hardened copy of each voice of the easy set, each condition as often. */
export async function* hardSpeech(): AsyncGenerator<HardClip> {
  for await (const clip of britishSpeech(BRITISH_READERS)) yield { ...clip, condition: 'British readers' };
  const clips: Clip[] = [];
  for await (const clip of heldOutSpeech()) clips.push(clip);
  for (const clip of clips) {
    if (HARD_READERS.includes(clip.name.split('-')[0])) yield { ...clip, condition: 'hard readers' };
  }
  for (const [i, clip] of clips.entries()) {
    const condition = CONDITIONS[i % CONDITIONS.length];
    const crowd = Array.from({ length: CROWD }, (_, k) => clips[(i + 1 + 4 * k) % clips.length].voice16k);
    const hard = harden(clip, condition, i, crowd);
    yield {
      ...hard,
      name: clip.name,
      condition,
      voice48k: resampleAll(hard.voice16k, EFFECT_RATE_HZ, 48000),
    };
  }
}
