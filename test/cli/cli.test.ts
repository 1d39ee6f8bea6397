import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAudioFile } from '../../src/audio/read-audio-file.ts';
import { parseEmotion, parseGaze, parsePerformer } from '../../src/cli/control-options.ts';
import { liveLinkHeader } from '../../src/model/live-link-csv.ts';
import { firstGalleryPortrait } from '../support/gallery.ts';
import { sampleVoice } from '../support/sample-voice.ts';
import { wavFile } from '../support/wav.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
let folder: string;
let voice: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vultus-cli-'));
  voice = join(folder, 'voice.wav');
  await writeFile(voice, wavFile(await sampleVoice(1), 48000));
});
afterAll(() => rm(folder, { recursive: true }));

function vultus(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...words], (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

/** Width and height of an MP4's sample entry (ISO/IEC 14496-12, 12.1.3). */
async function sizeOf(film: string): Promise<[width: number, height: number]> {
  const bytes = await readFile(film);
  const entry = bytes.indexOf('avc1', bytes.indexOf('stsd'));
  return [bytes.readUInt16BE(entry + 28), bytes.readUInt16BE(entry + 30)];
}

describe('vultus', () => {
  it.each([[[]], [['serve']], [['render']], [['avatar']], [['providers']]])(
    '%j --help explains itself',
    async (words) => {
      const { code, out } = await vultus(...words, '--help');
      expect(code).toBe(0);
      expect(out).toMatch(/^Usage: vultus/);
    },
  );

  it('knows the modes of latency by their names', async () => {
    const { out } = await vultus('render', '--help');
    expect(out.replace(/\s+/g, ' ')).toContain('choices: "low", "balanced", "quality"');
  });

  it('renders a film with its motion as CSV and its words as captions', async () => {
    const film = join(folder, 'out.mp4');
    const motion = join(folder, 'motion.csv');
    const words = join(folder, 'words.json');
    await writeFile(
      words,
      JSON.stringify([
        { text: 'there.', startMs: 350, endMs: 700 },
        { text: 'Hello', startMs: 100, endMs: 350 },
      ]),
    );
    const { code, err } = await vultus(
      ...['render', firstGalleryPortrait(), voice, '-o', film, '--motion', motion],
      ...['--words', words, '--size', '256', '--seed', '3', '--emotion', 'happy=0.5', '--gaze', '10,-5'],
    );
    expect(err).toMatch(/out\.mp4: 1\.0 s of video in/);
    expect(code).toBe(0);
    const rows = (await readFile(motion, 'utf8')).trim().split('\n');
    expect(rows[0]).toBe(liveLinkHeader());
    expect(rows).toHaveLength(26);
    expect(await readFile(join(folder, 'out.vtt'), 'utf8')).toBe(
      'WEBVTT\n\n00:00:00.100 --> 00:00:00.700\nHello there.\n\n',
    );
    const { original } = await readAudioFile(film);
    expect(original.sampleRateHz).toBe(48000);
    expect(original.durationMs).toBeGreaterThan(950);
  }, 60_000);

  it('renders a performance without a voice, of a face whose place is given', async () => {
    const [film, played, shown] = ['silent.mp4', 'played.csv', 'shown.csv'].map((name) => join(folder, name));
    const rows = Array.from({ length: 30 }, (_, i) => `00:00:00:${String(i).padStart(2, '0')}.0,0.8,0.2,0,0`);
    await writeFile(played, ['Timecode,JawOpen,HeadYaw,HeadPitch,HeadRoll', ...rows].join('\n'));
    const { code, err } = await vultus(
      ...['render', firstGalleryPortrait(), '-o', film, '--size', '256', '--motion', shown],
      ...['--performance', played, '--points', '.4,.42,.6,.42,.43,.63,.57,.63,.5,.76'],
    );
    expect([code, err]).toEqual([0, expect.stringMatching(/silent\.mp4: 1\.0 s of video/)]);
    const [header, ...frames] = (await readFile(shown, 'utf8')).trim().split('\n');
    const last = frames[frames.length - 1].split(',').map(Number);
    const at = (name: string) => last[header.split(',').indexOf(name)];
    expect(at('JawOpen')).toBeCloseTo(0.8, 1);
    expect(at('HeadYaw')).toBeCloseTo(0.2, 1);
  }, 60_000);

  it.each([
    [['-o', 'no.mp4'], /give a voice, or a --performance/],
    [['-o', 'no.mp4', '--performance', main], /main\.ts: its first line has not the names/],
    [['-o', 'no.mp4', '--points', '1,2,3'], /ten numbers from 0 to 1/],
    [['-o', 'no.mp4', '--performer', 'nose=voice'], /Parts are head, eyes, brows, mouth/],
  ])('says what is wrong with %j', async (words, told) => {
    const { code, err } = await vultus('render', firstGalleryPortrait(), ...words);
    expect(code).not.toBe(0);
    expect(err).toMatch(told);
  });

  it.each([
    ['no JSON', 'Hello there'],
    ['no words', '[{ "text": "Hello" }]'],
    ['a word that ends before it begins', '[{ "text": "Hello", "startMs": 2, "endMs": 1 }]'],
  ])('says at once what is wrong with words that are %s', async (_, text) => {
    const words = join(folder, 'wrong.json');
    await writeFile(words, text);
    const { code, err } = await vultus(
      ...['render', firstGalleryPortrait(), voice, '-o', join(folder, 'no.mp4'), '--words', words],
    );
    expect(code).not.toBe(0);
    expect(err).toContain('wrong.json');
    expect(await readdir(folder)).not.toContain('no.mp4');
  });

  it('renders an upright film of the head alone', async () => {
    const film = join(folder, 'upright.mp4');
    const { code, err } = await vultus(
      ...['render', firstGalleryPortrait(), voice, '-o', film, '--size', '288x512', '--fit', 'head'],
    );
    expect([code, err]).toEqual([0, expect.stringMatching(/upright\.mp4: 1\.0 s of video/)]);
    expect(await sizeOf(film)).toEqual([288, 512]);
  }, 60_000);

  it.each(['it ends by itself', 'SIGTERM'])(
    'keeps an older film and leaves nothing of a new one where %s',
    async (how) => {
      const place = await mkdtemp(join(folder, 'place-'));
      const film = join(place, 'film.mp4');
      await writeFile(film, 'an older film');
      const words = [
        'render',
        firstGalleryPortrait(),
        voice,
        '-o',
        film,
        '--motion',
        join(place, 'motion.csv'),
      ];
      if (how === 'SIGTERM') {
        const child = execFile(process.execPath, [main, ...words, '--size', '1024']);
        await expect.poll(() => readdir(place), { timeout: 30_000 }).toHaveLength(3);
        child.kill('SIGTERM');
        expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
      } else {
        const { code } = await vultus(...words, '--background', main);
        expect(code).toBe(1);
      }
      expect(await readdir(place)).toEqual(['film.mp4']);
      expect(await readFile(film, 'utf8')).toBe('an older film');
    },
    60_000,
  );

  it('renders the matte below the person', async () => {
    const film = join(folder, 'matte.mp4');
    const { code, err } = await vultus(
      ...['render', firstGalleryPortrait(), voice, '-o', film, '--size', '256', '--background', 'matte'],
    );
    expect([code, err]).toEqual([0, expect.stringMatching(/matte\.mp4: 1\.0 s of video/)]);
    expect(await sizeOf(film)).toEqual([256, 512]);
  }, 60_000);

  it('reports on a portrait and renders its contact sheet', async () => {
    const sheet = join(folder, 'sheet.png');
    const { code, out } = await vultus('avatar', firstGalleryPortrait(), '--preview', sheet);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^This portrait will work well\.\n[\s\S]*face \d+ × \d+ pixels[\s\S]*contact sheet: /,
    );
    expect((await sharp(sheet).metadata()).width).toBeGreaterThan(1000);
  }, 60_000);

  it.each([
    ['a picture that is none', () => ['render', voice, voice, '-o', 'x.mp4'], /^portrait_not_an_image: /m],
    [
      'a file that is not there',
      () => ['render', 'gone.jpg', voice, '-o', 'x.mp4'],
      /^file_unusable: .*gone\.jpg cannot be read: there is no such file/m,
    ],
    [
      'a folder in place of a sound',
      () => ['render', firstGalleryPortrait(), folder, '-o', 'x.mp4'],
      /^file_unusable: .*it is a folder/m,
    ],
    [
      'a folder in place of a film',
      () => ['render', firstGalleryPortrait(), voice, '-o', folder],
      /^file_unusable: .*it is a folder; name the file in it/m,
    ],
    ['sound that is none', () => ['render', main, main, '-o', 'x.mp4'], /^audio_unreadable: /m],
    [
      'an unknown emotion',
      () => ['render', 'a', 'b', '-o', 'x.mp4', '--emotion', 'bored'],
      /Unknown emotion "bored"/,
    ],
    [
      'a background that is no picture',
      () => ['render', firstGalleryPortrait(), voice, '-o', 'x.mp4', '--background', main],
      /^invalid_request: .*background is no usable picture/m,
    ],
    ['a size out of range', () => ['render', 'a', 'b', '-o', 'x.mp4', '--size', '9000'], /like 1080x1920/],
    [
      'a size that no encoder makes',
      () => ['render', 'a', 'b', '-o', 'x.mp4', '--size', '500'],
      /multiples of 16.* 496 is the nearest/,
    ],
    [
      'a film of another kind',
      () => ['render', firstGalleryPortrait(), voice, '-o', 'x.webm'],
      /^file_unusable: .*MP4 is what can be written; end the name in \.mp4/m,
    ],
    [
      'a place that is not there',
      () => ['render', firstGalleryPortrait(), voice, '-o', join(folder, 'none', 'x.mp4')],
      /^file_unusable: .*there is no folder .*none/m,
    ],
    [
      'a contact sheet of another kind',
      () => ['avatar', firstGalleryPortrait(), '--preview', 'x.jpg'],
      /^file_unusable: .*PNG is what can be written/m,
    ],
    [
      'a cache folder that is none',
      () => ['serve', '--port', '0', '--cache-dir', main],
      /^config_invalid: .*the cache folder/m,
    ],
    ['an unknown command', () => ['sing'], /unknown command 'sing'/],
  ])(
    'refuses %s in one sentence',
    async (_, words, message) => {
      const { code, err } = await vultus(...words());
      expect(code).toBe(1);
      expect(err).toMatch(message);
      expect(err).not.toMatch(/ at .*\.ts:\d+/);
    },
    60_000,
  );
});

describe('control options', () => {
  it('reads weights of emotions and angles of gaze', () => {
    expect(parseEmotion('happy')).toEqual({ happy: 1 });
    expect(parseEmotion('sad=0.25, angry=0.5')).toEqual({ sad: 0.25, angry: 0.5 });
    expect(parseEmotion('neutral')).toEqual({});
    expect(parseGaze('camera')).toBe('camera');
    expect(parseGaze('45,-9')).toEqual({ yaw: Math.PI / 4, pitch: -Math.PI / 20 });
  });

  it('reads whose motion each part shows', () => {
    expect(parsePerformer('voice')).toEqual({ head: 'voice', eyes: 'voice', brows: 'voice', mouth: 'voice' });
    expect(parsePerformer('head=both, mouth=performer')).toEqual({
      ...{ head: 'both', eyes: 'performer', brows: 'performer', mouth: 'performer' },
    });
  });
});
