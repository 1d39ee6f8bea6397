import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Rig } from '../src/render/renderer.ts';
import { galleryRig, join } from './fixtures.ts';
import { inShort, mouthCurves, type PhoneBars, PhoneScore, phoneRows } from './lip-measures.ts';
import { openMotionModel } from './live-motion.ts';
import type { Phone } from './phones.ts';
import type { Report, Row } from './report.ts';
import { installedVoices, synthesise, type VoiceSettings } from './speech-synthesis.ts';
import { type Talker, vultus } from './talkers.ts';

const NAME = 'A. Lip sync on synthesised voices of an engine that training never heard';
const LANGUAGES_WANTED = 10;
const BARS: PhoneBars = { closed: 88, vowels: 5, teeth: 85, aperture: 0.93, rounding: 0.92 };

/** A file of `voices/`. */
interface HeldOutVoice extends VoiceSettings {
  language: string;
  /** Debian packages that bring it. */
  package: string;
  texts: string[];
  /** ARPABET phone by what the lips do → the voice's own phones. */
  phones: Record<string, string[]>;
}

/** QUALITY A.5: the measures of A.2 on voices of festival, which training never hears, in ten languages. */
export async function benchVoices(): Promise<Report> {
  const installed = await installedVoices();
  if (!installed) return { name: NAME, rows: [], skipped: ['A.5: festival is not installed'] };
  const model = await openMotionModel();
  const rig = await galleryRig();
  const everything = new PhoneScore();
  const languages = new Map<string, PhoneScore>();
  const skipped: string[] = [];
  try {
    for (const voice of await heldOutVoices()) {
      if (!installed.has(voice.voice)) {
        skipped.push(`${voice.language}: the voice ${voice.voice} is not there (Debian: ${voice.package})`);
        continue;
      }
      const score = languages.get(voice.language) ?? new PhoneScore();
      languages.set(voice.language, score);
      await scoreVoice(vultus(model), rig, voice, [score, everything]);
    }
  } finally {
    await model.close();
  }
  const count = languages.size;
  const rows: Row[] = [
    { measure: 'A.5 languages', value: count, bar: `≥ ${LANGUAGES_WANTED}`, met: count >= LANGUAGES_WANTED },
  ];
  if (count > 0) rows.push(...phoneRows('A.5', everything, BARS));
  for (const [language, score] of languages) rows.push({ measure: `A.5 ${language}`, value: inShort(score) });
  return { name: NAME, rows, skipped };
}

async function heldOutVoices(): Promise<HeldOutVoice[]> {
  const folder = fileURLToPath(new URL('voices/', import.meta.url));
  const files = globSync(`${folder}*.json`).sort();
  return Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8')) as HeldOutVoice));
}

/** All texts in one recording, as in the clips of real readers. */
async function scoreVoice(
  talker: Talker,
  rig: Rig,
  voice: HeldOutVoice,
  scores: PhoneScore[],
): Promise<void> {
  const arpabet = new Map(
    Object.entries(voice.phones).flatMap(([name, own]) => own.map((phone) => [phone, name] as const)),
  );
  const pieces: Float32Array[] = [];
  const phones: Phone[] = [];
  let offset = 0;
  for (const text of voice.texts) {
    const spoken = await synthesise(voice, text);
    for (const [own, from, to] of spoken.phones) {
      const name = arpabet.get(own);
      if (!name) throw new Error(`${voice.voice}: the phone "${own}" is not in its map`);
      phones.push([name, offset + from, offset + to]);
    }
    pieces.push(spoken.voice48k);
    offset += spoken.voice48k.length / 48000;
  }
  const curves = mouthCurves(rig, await talker.speak(join(pieces)));
  for (const score of scores) score.add(curves, phones);
}
