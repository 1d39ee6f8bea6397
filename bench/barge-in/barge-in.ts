/** Issue: whether a first word stops the avatar, and nothing else does. */
import { globSync } from 'node:fs';
import { readAudioFile } from '../../src/audio/read-audio-file.ts';
import { resampleAll } from '../../src/audio/resampler.ts';
import { randomNumbers } from '../../src/random.ts';
import { join, repeated, sampleVoices, sharedFile } from '../fixtures.ts';
import { atLeast, atMost, type Report, type Row } from '../report.ts';
import { analyseSong } from '../song.ts';
import { quantile } from '../statistics.ts';
import { byLoudspeaker } from './loudspeaker.ts';
import { coughs, floor, keys, music, noises } from './sounds.ts';
import { type Scene, sceneOf, score, starts } from './trial.ts';
import { type FirstWord, firstWords, RATE_HZ } from './words.ts';

const NAME = 'Barge-in: short first words, and what is none';
const HOUR_S = 3600;
const DELAYS_MS = [50, 170, 310, 500];
/** RMS of the avatar's voice as it is sent, and by how much less the microphone hears of it. */
const [SENT_DB, ECHO_DB] = [-20, -20];

export async function benchBargeIn(): Promise<Report> {
  const words = await firstWords();
  const skipped: string[] = [];
  const rows: Row[] = [];
  const avatar = repeated16k(resampleAll(await sampleVoices(0.6), 48000, RATE_HZ));
  if (words) rows.push(...heardWords(words, avatar));
  else skipped.push('first words: the recordings of ../shared/data are not there');
  rows.push(...(await falseAlarms(avatar, skipped)), cost());
  return { name: NAME, rows, skipped };
}

function heardWords(words: FirstWord[], avatar: (seconds: number) => Float32Array): Row[] {
  const random = randomNumbers(7);
  const still = (seconds: number) => ({ heard: new Float32Array(seconds * RATE_HZ) });
  const room = (db: number) => (seconds: number) => ({ heard: floor(seconds, random, db) });
  const beds: [string, number, (seconds: number) => Scene][] = [
    ['digital silence', -26, still],
    ['a quiet room, −65 dB', -26, room(-65)],
    ['a quiet room, far from the microphone', -40, room(-65)],
    ['room noise, SNR 20 dB', -26, room(-46)],
    ['room noise, SNR 10 dB', -26, room(-36)],
    ['room noise, SNR 5 dB', -26, room(-31)],
    ['the avatar speaks, headphones', -26, (s) => ({ ...room(-65)(s), played: level(avatar(s), SENT_DB) })],
    ['the avatar speaks, loudspeaker −20 dB', -26, (s) => echo(avatar(s), 170)],
  ];
  const readers = new Set(words.map(({ reader }) => reader)).size;
  const rows: Row[] = [
    { measure: 'first words of 250–400 ms; readers', value: `${words.length}; ${readers}` },
  ];
  for (const [bed, db, make] of beds) {
    const { scene, onsets } = sceneOf(words, db, make);
    const { percent, delaysMs } = score(onsets, starts(scene));
    rows.push(atLeast(`told within 250 ms: ${bed}`, percent, 95, '%'), {
      measure: `  median, 95th percentile, told at all`,
      value: figures(delaysMs, onsets.length),
    });
  }
  return rows;
}

function figures(delaysMs: number[], all: number): string {
  const at = (share: number) => quantile(delaysMs, share).toFixed(0);
  return `${at(0.5)}, ${at(0.95)} ms, ${((100 * delaysMs.length) / all).toFixed(0)} %`;
}

async function falseAlarms(avatar: (seconds: number) => Float32Array, skipped: string[]): Promise<Row[]> {
  const rows = [
    alarmRow('noises', { heard: noises(HOUR_S) }),
    alarmRow('music, synthesised', { heard: music(HOUR_S) }),
    alarmRow('coughs, synthesised', { heard: coughs(HOUR_S) }),
    alarmRow('keyboard, synthesised', { heard: keys(HOUR_S) }),
    ...DELAYS_MS.map((delayMs) =>
      alarmRow(`the avatar’s voice at −20 dB after ${delayMs} ms`, echo(avatar(HOUR_S / 4), delayMs)),
    ),
  ];
  const trumpet = sharedFile('speech/nonspeech_solo_trumpet.ogg');
  const song = sharedFile('speech/singing_lets_go_fishin.hq.ogg');
  const recorded: Float32Array[] = [];
  if (trumpet) recorded.push((await readAudioFile(trumpet)).samples);
  if (song) recorded.push(...instrumental(await analyseSong(song)));
  const folder = process.env.VULTUS_SOUNDS ?? '';
  for (const file of globSync(`${folder}/usr/share/games/supertux2/music/**/*.ogg`).sort())
    recorded.push((await readAudioFile(file)).samples);
  const clicks = globSync(`${folder}/usr/share/buckle/wav/*.wav`).sort();
  if (recorded.length > 0) rows.push(alarmRow('music, recorded', { heard: level(join(recorded), -26) }));
  if (clicks.length > 0)
    rows.push(alarmRow('keyboard, recorded', { heard: await typed(clicks, HOUR_S / 2) }));
  else
    skipped.push(
      'recorded keyboard and more music: Debian’s bucklespring-data and supertux-data are not there',
    );
  return rows;
}

/** Keys at random, four a second. */
async function typed(files: readonly string[], seconds: number): Promise<Float32Array> {
  const random = randomNumbers(8);
  const sounds = await Promise.all(files.map(async (file) => (await readAudioFile(file)).samples));
  const out = floor(seconds, random);
  for (let at = 0; at < out.length - RATE_HZ; at += (0.1 + 0.3 * random()) * RATE_HZ) {
    const from = Math.round(at);
    const sound = sounds[Math.floor(random() * sounds.length)];
    for (let i = 0; i < sound.length && from + i < out.length; i++) out[from + i] += 0.5 * sound[i];
  }
  return out;
}

function instrumental({ mix, instrumental }: { mix: Float32Array; instrumental: number[] }): Float32Array[] {
  return instrumental.map((frame) =>
    resampleAll(mix.subarray(frame * 1920, (frame + 1) * 1920), 48000, RATE_HZ),
  );
}

function alarmRow(what: string, scene: Scene): Row {
  const hours = scene.heard.length / RATE_HZ / HOUR_S;
  return atMost(
    `false alarms an hour to ${what} (${(60 * hours).toFixed(0)} min)`,
    starts(scene).length / hours,
    1,
  );
}

function echo(voice: Float32Array, delayMs: number): Scene {
  const played = level(voice, SENT_DB);
  const heard = byLoudspeaker(played, delayMs, ECHO_DB);
  const air = floor(heard.length / RATE_HZ, randomNumbers(9), -65);
  return { heard: heard.map((value, i) => value + air[i]), played };
}

/** Milliseconds of processor for a second of a session in which both talk. */
function cost(): Row {
  const random = randomNumbers(10);
  const scene = { heard: floor(300, random, -40), played: floor(300, random, -30) };
  const from = process.cpuUsage();
  starts(scene);
  const { user, system } = process.cpuUsage(from);
  return atMost('processor', ((user + system) / 1e6 / 300) * 100, 1, '% of a core');
}

function level(sound: Float32Array, db: number): Float32Array {
  const rms = Math.sqrt(sound.reduce((sum, value) => sum + value * value, 0) / sound.length);
  const gain = 10 ** (db / 20) / rms;
  return sound.map((value) => value * gain);
}

function repeated16k(voice: Float32Array): (seconds: number) => Float32Array {
  return (seconds) => repeated(voice, (seconds * RATE_HZ) / 48000);
}
