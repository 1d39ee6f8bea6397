import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readAudioFile } from '../../src/audio/read-audio-file.ts';
import { bestLag, rms, tone } from '../support/signals.ts';
import { writeSound } from '../support/sound-file.ts';
import { wavFile, wavOf } from '../support/wav.ts';

const folder = mkdtempSync(join(tmpdir(), 'vultus-audio-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sweep = (t: number) => 0.4 * Math.sin(2 * Math.PI * (200 * t + 300 * t * t));

describe('readAudioFile', () => {
  it.each([
    [8000, 1],
    [16000, 1],
    [44100, 2],
    [96000, 2],
  ])('WAV at %i Hz with %i channels', async (rateHz, channels) => {
    const path = join(folder, `${rateHz}-${channels}.wav`);
    writeFileSync(path, wavFile(tone(rateHz, 0.5, sweep), rateHz, channels));
    const { voice48k, samples, original, warnings } = await readAudioFile(path);
    expect(original).toEqual({ sampleRateHz: rateHz, channels, durationMs: 500 });
    expect(warnings).toEqual([]);
    expect(Math.abs(voice48k.length - 24000)).toBeLessThanOrEqual(2);
    expect(Math.abs(samples.length - 8000)).toBeLessThanOrEqual(2);
    const { lag, correlation } = bestLag(tone(48000, 0.5, sweep), voice48k, 20);
    expect(lag).toBeLessThanOrEqual(1);
    expect(correlation).toBeGreaterThan(0.999);
    expect(bestLag(tone(16000, 0.5, sweep), samples, 20).lag).toBe(0);
  });

  it.each([
    ['flac', 'flac'],
    ['mp3', 'libmp3lame'],
    ['ogg', 'libvorbis'],
  ] as const)('%s', async (ending, encoder) => {
    const path = join(folder, `sound.${ending}`);
    writeSound(path, encoder, tone(44100, 1, sweep), 44100);
    const { voice48k, original } = await readAudioFile(path);
    expect(original.sampleRateHz).toBe(44100);
    expect(Math.abs(original.durationMs - 1000)).toBeLessThan(60);
    const { lag, correlation } = bestLag(tone(48000, 1, sweep), voice48k, 48);
    expect(correlation).toBeGreaterThan(0.99);
    expect(lag).toBeLessThanOrEqual(2);
  });

  const read = (name: string, bytes: Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return readAudioFile(path);
  };
  const voice = tone(16000, 1, sweep);
  const bytesOf = (samples: Float32Array) => Buffer.from(samples.buffer, 0, samples.byteLength);
  const interleaved = (left: Float32Array, right: Float32Array) =>
    Float32Array.from({ length: 2 * left.length }, (_, i) => (i % 2 ? right : left)[i >> 1]);

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e30])(
    'makes %d silent, and says so',
    async (value) => {
      const samples = voice.slice();
      for (let i = 4000; i < 4400; i++) samples[i] = value;
      const file = wavOf(bytesOf(samples), { rateHz: 16000, float: true });
      const { voice48k, warnings } = await read('broken.wav', file);
      expect(warnings).toEqual(['Made silent: 400 samples without a finite value.']);
      expect(voice48k.every((sample) => Math.abs(sample) < 1)).toBe(true);
      expect(rms(voice48k.subarray(12300, 12900))).toBeLessThan(0.001);
      expect(
        bestLag(tone(48000, 1, sweep).subarray(14000), voice48k.subarray(14000), 20).correlation,
      ).toBeGreaterThan(0.999);
    },
  );

  it.each([
    ['in opposite phase', -1],
    ['in opposite phase, one of them quieter', -0.8],
    ['of which one is louder, in opposite phase', -1.25],
  ])('takes one of two channels %s', async (_, factor) => {
    const hum = tone(16000, 1, (t) => 0.05 * Math.sin(2 * Math.PI * 50 * t));
    const [left, right] = [1, factor].map((gain) => voice.map((sample, i) => gain * sample + hum[i]));
    const { voice48k, samples, warnings } = await read(
      'antiphase.wav',
      wavOf(bytesOf(interleaved(left, right)), { rateHz: 16000, channels: 2, float: true }),
    );
    const channel = Math.abs(factor) > 1 ? 2 : 1;
    expect(warnings).toEqual([
      `The channels cancel each other out: the voice is taken from channel ${channel}.`,
    ]);
    expect(rms(samples)).toBeCloseTo(rms(channel === 1 ? left : right), 2);
    expect(rms(voice48k)).toBeCloseTo(rms(samples), 2);
  });

  it('mixes two channels of which one is silent, or that have nothing to do with each other', async () => {
    const other = tone(16000, 1, (t) => 0.3 * Math.sin(2 * Math.PI * 431 * t));
    for (const right of [new Float32Array(16000), other]) {
      const file = wavOf(bytesOf(interleaved(voice, right)), { rateHz: 16000, channels: 2, float: true });
      const { samples, warnings } = await read('stereo.wav', file);
      expect(warnings).toEqual([]);
      expect(rms(samples)).toBeCloseTo(rms(voice.map((sample, i) => (sample + right[i]) / 2)), 2);
    }
  });

  it('leaves out what is damaged and goes on after it', async () => {
    const whole = wavFile(voice, 16000);
    const odd = await read('odd.wav', wavOf(whole.subarray(44, -1), { rateHz: 16000 }));
    expect(odd.warnings).toEqual(['Left out of the sound: 1 damaged packet.']);
    expect(odd.voice48k.length).toBeGreaterThan(47_900);

    for (const [ending, encoder] of [
      ['mp3', 'libmp3lame'],
      ['aac', 'aac'],
      ['flac', 'flac'],
    ] as const) {
      const path = join(folder, `whole.${ending}`);
      writeSound(path, encoder, tone(44100, 1, sweep), 44100);
      const bytes = readFileSync(path);
      const cut = await read(`cut.${ending}`, bytes.subarray(0, Math.round(0.8 * bytes.length)));
      expect(cut.original.durationMs, ending).toBeGreaterThan(600);
      const spoiled = Buffer.from(bytes);
      spoiled.fill(0x55, Math.round(0.4 * bytes.length), Math.round(0.4 * bytes.length) + 600);
      const mended = await read(`spoiled.${ending}`, spoiled);
      expect(mended.original.durationMs, ending).toBeGreaterThan(700);
      expect(mended.voice48k.every((sample) => Math.abs(sample) < 4)).toBe(true);
    }
    const mp3 = readFileSync(join(folder, 'whole.mp3'));
    const joined = await read('joined.mp3', Buffer.concat([mp3, mp3]));
    expect(joined.original.durationMs).toBeGreaterThan(1950);
    expect(joined.warnings).toHaveLength(1);
  });

  it.each([
    { rateHz: 1 },
    { rateHz: 0 },
    { rateHz: 768_000 },
    { rateHz: 4_000_000_000 },
    { rateHz: 16000, channels: 0 },
    { rateHz: 16000, channels: 4000 },
  ])('refuses at once what no recorder writes: %j', async (header) => {
    const startMs = performance.now();
    const file = wavOf(new Uint8Array(64_000), { ...header, rateHz: 0 });
    file.writeUInt32LE(header.rateHz, 24);
    await expect(read('absurd.wav', file)).rejects.toMatchObject({ code: 'audio_unreadable' });
    expect(performance.now() - startMs).toBeLessThan(1500);
  });

  it.each([0x7fffffff, 0xffffffff])(
    'reads what is there of a stream whose length was not known: %d bytes',
    async (dataBytes) => {
      const file = wavFile(voice, 16000);
      file.writeUInt32LE(dataBytes, 40);
      file.writeUInt32LE(0xffffffff, 4);
      expect((await read('stream.wav', file)).original.durationMs).toBe(1000);
    },
  );

  it('says what it cannot read', async () => {
    const notSound = join(folder, 'text.wav');
    writeFileSync(notSound, 'this is not a sound');
    const cut = join(folder, 'cut.wav');
    writeFileSync(cut, wavFile(tone(16000, 0.5, sweep), 16000, 1).subarray(0, 30));
    const empty = join(folder, 'empty.wav');
    writeFileSync(empty, wavFile(new Float32Array(0), 16000, 1));
    for (const path of [notSound, cut, empty, join(folder, 'absent.wav'), folder]) {
      await expect(readAudioFile(path)).rejects.toMatchObject({ code: 'audio_unreadable' });
    }
  });
});
