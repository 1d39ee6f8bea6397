import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AVMEDIA_TYPE_VIDEO } from 'node-av/constants';
import { FormatContext, Packet } from 'node-av/lib';
import { afterAll, describe, expect, it } from 'vitest';
import { readAudioFile } from '../../src/audio/read-audio-file.ts';
import { DIGITAL_SOURCE_TYPE } from '../../src/media/ai-label.ts';
import { Mp4Writer } from '../../src/media/mp4-writer.ts';
import { readFilm } from '../support/read-film.ts';
import { movingPicture } from '../support/test-picture.ts';

const folder = mkdtempSync(join(tmpdir(), 'vultus-mp4-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SETTINGS = { video: { width: 256, height: 256, fps: 25 }, audio: { sampleRateHz: 48000 } };

/** Two seconds: a beep of 40 ms from 1 s on. */
function writeFilm(path: string): void {
  const writer = Mp4Writer.create(path, SETTINGS);
  for (let i = 0; i < 50; i++) {
    writer.writePicture(movingPicture(256, 256, i));
    // Pieces that do not match the codec's frames.
    writer.writeVoice(new Float32Array(1920).map((_, k) => (i === 25 ? 0.5 * Math.sin(k / 5) : 0)));
  }
  writer.close();
  writer.close();
}

describe('Mp4Writer', () => {
  const path = join(folder, 'film.mp4');
  writeFilm(path);

  it('writes every picture and the voice, index first', () => {
    const container = new FormatContext();
    expect(container.openInputSync(path)).toBe(0);
    expect(container.findStreamInfoSync()).toBeGreaterThanOrEqual(0);
    const video = container.findBestStream(AVMEDIA_TYPE_VIDEO, -1, -1);
    const { codecpar, avgFrameRate } = container.streams[video];
    expect([codecpar.width, codecpar.height]).toEqual([256, 256]);
    expect(avgFrameRate.toDouble()).toBeCloseTo(25, 3);
    const packet = new Packet();
    packet.alloc();
    let pictures = 0;
    while (container.readFrameSync(packet) >= 0) {
      if (packet.streamIndex === video) pictures++;
      packet.unref();
    }
    expect(pictures).toBe(50);
    expect(container.metadata?.get('comment')).toContain('AI-generated');
    packet.free();
    container.closeInputSync();
    const bytes = readFileSync(path, 'latin1');
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  });

  it('has what is said as a track of text, with its times', () => {
    const captioned = join(folder, 'captioned.mp4');
    const captions = [
      { text: 'Grüße an alle', startMs: 120, endMs: 700 },
      { text: 'in zwei\nZeilen', startMs: 1000, endMs: 1900 },
    ];
    const writer = Mp4Writer.create(captioned, { ...SETTINGS, captions: true });
    writer.writeCaption(captions[0]);
    for (let i = 0; i < 50; i++) {
      writer.writePicture(movingPicture(256, 256, i));
      writer.writeVoice(new Float32Array(1920));
    }
    // A live one is known when it has been heard.
    writer.writeCaption(captions[1]);
    writer.close();
    expect(readFilm(captioned).cues).toEqual(captions);
  });

  it('keeps the voice in its place', async () => {
    const { voice48k, original } = await readAudioFile(path);
    expect(original.durationMs).toBeGreaterThan(1990);
    const loud = voice48k.findIndex((sample) => Math.abs(sample) > 0.1);
    expect(loud / 48).toBeGreaterThan(990);
    expect(loud / 48).toBeLessThan(1006);
  });

  it('is marked as synthetic in a well-formed box at the end', () => {
    const bytes = readFileSync(path);
    const boxes: [string, number, number][] = [];
    for (let at = 0; at < bytes.length; ) {
      const size = bytes.readUInt32BE(at);
      boxes.push([bytes.toString('latin1', at + 4, at + 8), at, size]);
      at += size;
    }
    const [type, at, size] = boxes.at(-1)!;
    expect(type).toBe('uuid');
    expect(at + size).toBe(bytes.length);
    expect(bytes.toString('utf8', at + 24)).toContain(`DigitalSourceType="${DIGITAL_SOURCE_TYPE}"`);
  });

  it('reports a path that cannot be written', () => {
    const open = () => Mp4Writer.create(join(folder, 'no-such-folder', 'film.mp4'), SETTINGS);
    expect(open).toThrow(expect.objectContaining({ code: 'encoder_failed' }));
  });
});
