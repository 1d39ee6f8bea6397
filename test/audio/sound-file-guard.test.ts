import { describe, expect, it } from 'vitest';
import { SoundFileGuard, soundFileKind } from '../../src/audio/sound-file-guard.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const REST = Buffer.alloc(400, 7);
const refusal = expect.objectContaining({ code: 'unsupported_audio' });

describe('SoundFileGuard', () => {
  it.each([
    ['WAV', 'RIFF\x24\x00\x00\x00WAVE'],
    ['MP3', 'ID3\x04\x00\x00\x00\x00\x00\x23'],
    ['Ogg', 'OggS\x00\x02\x00\x00'],
    ['FLAC', 'fLaC\x00\x00\x00\x22'],
    ['WebM or Matroska', '\x1a\x45\xdf\xa3\x9f\x42\x86\x81'],
    ['MP4', '\x00\x00\x00\x20ftypM4A '],
  ])('refuses a %s file once, however it is cut, until it is over', (kind, head) => {
    const file = Buffer.concat([latin1(head), REST]);
    expect(soundFileKind(file)).toBe(kind);
    for (const size of [1, 3, 100, 1000]) {
      const guard = new SoundFileGuard();
      const refused: unknown[] = [];
      for (let at = 0; at < file.length; at += size) {
        try {
          expect(guard.pass(file.subarray(at, at + size), { nowMs: at })).toBeUndefined();
        } catch (cause) {
          refused.push(cause);
        }
      }
      expect(refused).toEqual([refusal]);
      expect(guard.pass(REST, { nowMs: 1000 })).toBeUndefined();
      expect(guard.pass(REST, { nowMs: 2001 })).toEqual(REST);
      guard.end();
      expect(() => guard.pass(file)).toThrow(refusal);
      expect(guard.end().length).toBe(0);
      expect(guard.pass(REST)).toEqual(REST);
    }
  });

  it('lets voice through whole, also what is too short to tell', () => {
    const guard = new SoundFileGuard();
    expect(guard.pass(latin1('RIF'))).toBeUndefined();
    expect(Buffer.from(guard.end()).toString('latin1')).toBe('RIF');
    expect(guard.pass(latin1('RIF'))).toBeUndefined();
    expect(guard.pass(latin1('fles and more'))?.toString()).toBe(latin1('RIFfles and more').toString());
    // In the middle of a voice these are samples.
    expect(guard.pass(latin1('RIFFRIFF'))?.length).toBe(8);
  });
});
