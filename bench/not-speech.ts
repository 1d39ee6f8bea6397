/** QUALITY A.4: the mouth stays shut at what is no voice, and follows a singer through the instruments. */
import { readAudioFile } from '../src/audio/read-audio-file.ts';
import { NEUTRAL_CONTROLS } from '../src/contract/controls.ts';
import type { Rig } from '../src/render/renderer.ts';
import { sharedFile } from './fixtures.ts';
import { mouthCurves } from './lip-measures.ts';
import { atLeast, atMost, type Row } from './report.ts';
import { analyseSong } from './song.ts';
import { birdSong, roomNoise } from './sounds.ts';
import { areaUnderCurve, mean, pearson } from './statistics.ts';
import type { Talker } from './talkers.ts';

const SECONDS = 20;
const SPEAKING = { ...NEUTRAL_CONTROLS, state: 'speaking' as const };

/** @param speechAperture mean aperture in speech, of which 5 % are allowed */
export async function notSpeech(
  talker: Talker,
  rig: Rig,
  speechAperture: number,
): Promise<{ rows: Row[]; skipped: string[] }> {
  const apertureTo = async (voice: Float32Array, controls = NEUTRAL_CONTROLS) =>
    mouthCurves(rig, await talker.speak(voice, controls)).aperture;
  const row = async (name: string, voice: Float32Array, controls = NEUTRAL_CONTROLS) =>
    shutRow(name, await apertureTo(voice, controls), speechAperture);

  const silence = new Float32Array(48000 * SECONDS);
  const rows = [
    await row('silence', silence),
    await row('silence, told to speak', silence, SPEAKING),
    await row('room noise', roomNoise(SECONDS)),
    await row('a bird', birdSong(SECONDS)),
  ];
  const skipped: string[] = [];
  const trumpet = sharedFile('speech/nonspeech_solo_trumpet.ogg');
  if (trumpet) rows.push(await row('a trumpet', (await readAudioFile(trumpet)).voice48k));
  else skipped.push('A.4 trumpet: ../shared/data/speech has none');

  const songFile = sharedFile('speech/singing_lets_go_fishin.hq.ogg');
  if (songFile) {
    const song = await analyseSong(songFile);
    const aperture = await apertureTo(song.mix);
    const at = (frames: number[]) =>
      frames.filter((frame) => frame < aperture.length).map((f) => aperture[f]);
    const [sung, instrumental] = [at(song.sung), at(song.instrumental)];
    const loudness = (frame: number) => song.mixLevel[frame];
    const instruments = `instruments (${(instrumental.length / 25).toFixed(0)} s between the verses)`;
    rows.push(
      shutRow(instruments, instrumental, speechAperture),
      {
        measure: 'A.4 aperture in singing, of that in speech',
        value: (100 * mean(sung)) / speechAperture,
        unit: '%',
      },
      // What the mouth of one who just follows the loudness of the whole would reach.
      atLeast(
        'A.4 singing against instruments, AUC (bar: that of the loudness)',
        areaUnderCurve(sung, instrumental),
        Number(areaUnderCurve(song.sung.map(loudness), song.instrumental.map(loudness)).toFixed(3)),
      ),
      {
        measure: 'A.4 aperture against the level of the singer, r',
        value: pearson(aperture, song.voiceLevel),
      },
    );
  } else skipped.push('A.4 singing: ../shared/data/speech has no song');
  return { rows, skipped };
}

function shutRow(name: string, aperture: ArrayLike<number>, speechAperture: number): Row {
  return atMost(
    `A.4 aperture to ${name}, of that in speech`,
    (100 * mean(aperture)) / speechAperture,
    5,
    '%',
  );
}
