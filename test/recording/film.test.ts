import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { floatToS16le } from '../../src/audio/pcm.ts';
import { readAudioFile } from '../../src/audio/read-audio-file.ts';
import { createVideoEncoder } from '../../src/media/create-video-encoder.ts';
import { cueBlock } from '../../src/media/webvtt.ts';
import { Film } from '../../src/recording/film.ts';
import { readFilm } from '../support/read-film.ts';
import { movingPicture } from '../support/test-picture.ts';

const folder = mkdtempSync(join(tmpdir(), 'vultus-film-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FPS = 25;
const BEFORE_MS = 7000;

it('has pictures, voice and captions where they stand on the media clock, whatever was lost', async () => {
  const path = join(folder, 'film.mp4');
  const film = new Film(path, { codec: 'avc1.42001f', width: 256, height: 256, fps: FPS });
  const small = { codec: 'h264', width: 128, height: 128, fps: FPS, bitrateKbps: 500 } as const;
  const encoders = [createVideoEncoder({ ...small, width: 256, height: 256 }), createVideoEncoder(small)];
  const at = (ms: number) => ({ mediaTimeMs: BEFORE_MS + ms, epoch: 0 });
  const say = (ms: number, loudness: number) => {
    const samples = new Float32Array(960).map((_, k) => loudness * Math.sin(k / 5));
    film.voice({ type: 'voice', data: floatToS16le(samples), ...at(ms) });
  };
  const caption = (text: string, startMs: number, endMs: number) => {
    const data = cueBlock({ text, startMs: BEFORE_MS + startMs, endMs: BEFORE_MS + endMs });
    film.caption({ type: 'caption', data, ...at(startMs) });
  };
  // Before the first picture, nothing.
  say(-20, 0.5);
  caption('before', -900, -100);
  for (let i = 0; i < 50; i++) {
    // Half a second of pictures is lost; those after it are smaller.
    const side = i < 20 ? 256 : 128;
    const { data, key } = encoders[i < 20 ? 0 : 1].encode(movingPicture(side, side, i));
    if (i < 8 || i >= 20) film.picture({ type: 'video', data, key, ...at(40 * i) });
    // So is voice, before a beep; one piece comes twice.
    for (const ms of [40 * i, 40 * i + 20]) if (ms < 600 || ms >= 800) say(ms, ms === 1000 ? 0.5 : 0);
    if (i === 30) say(1000, 0.5);
    if (i === 10) caption('Grüße & <mehr>', -50, 350);
    if (i === 49) caption('spät', 1200, 1900);
  }
  film.close();
  for (const encoder of encoders) encoder.close();

  const cues = [
    { text: 'Grüße & <mehr>', startMs: 0, endMs: 350 },
    { text: 'spät', startMs: 1200, endMs: 1900 },
  ];
  expect(film.cues).toEqual(cues);
  expect(film.seconds).toBe(2);
  const shown = readFilm(path);
  expect(shown).toMatchObject({ width: 256, height: 256, cues });
  const seen = Array.from({ length: 50 }, (_, i) => 40 * i).filter((ms) => ms < 320 || ms >= 800);
  expect(shown.pictureMs).toEqual(seen);
  const { voice48k } = await readAudioFile(path);
  const loud = Array.from(voice48k.keys()).filter((k) => Math.abs(voice48k[k]) > 0.2);
  expect(loud[0] / 48).toBeCloseTo(1000, -1);
  expect(loud.at(-1)! / 48).toBeCloseTo(1020, -1);
});
