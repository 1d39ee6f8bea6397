import { describe, expect, it } from 'vitest';
import { OpusEncoder } from '../../src/audio/opus.ts';
import { floatToS16le } from '../../src/audio/pcm.ts';
import { VoiceDecoder } from '../../src/audio/voice-decoder.ts';
import { rms, tone } from '../support/signals.ts';
import { wavFile } from '../support/wav.ts';

const sine = (t: number) => 0.5 * Math.sin(2 * Math.PI * 440 * t);

describe('VoiceDecoder', () => {
  it.each([8000, 16000, 22050, 24000, 44100, 48000])('s16le at %i Hz, cut anywhere', (sampleRateHz) => {
    const decoder = new VoiceDecoder({ encoding: 's16le', sampleRateHz });
    const bytes = floatToS16le(tone(sampleRateHz, 0.3, sine));
    const output: number[] = [];
    for (let at = 0; at < bytes.length; at += 777)
      output.push(...decoder.decode(bytes.subarray(at, at + 777)));
    output.push(...decoder.flush());
    expect(Math.abs(output.length - 14400)).toBeLessThanOrEqual(1);
    const expected = tone(48000, 0.3, sine);
    const error = Float32Array.from(output.slice(300, 14000), (value, i) => value - expected[i + 300]);
    expect(rms(error)).toBeLessThan(2e-3);
  });

  it('Opus packets', () => {
    const decoder = new VoiceDecoder({ encoding: 'opus' });
    const encoder = new OpusEncoder();
    const packet = encoder.encode(new Float32Array(960));
    expect(decoder.decode(packet).length).toBe(960);
    expect(decoder.flush().length).toBe(0);
    expect(decoder.decode(packet).length).toBe(960);
    decoder.close();
    decoder.close();
  });

  it('a bad packet has a code and does no lasting harm', () => {
    const decoder = new VoiceDecoder({ encoding: 'opus' });
    for (const bytes of [[], [0xff], [0x03, 0x3f, 9, 9]]) {
      expect(() => decoder.decode(Uint8Array.from(bytes))).toThrow(
        expect.objectContaining({ code: 'unsupported_audio' }),
      );
    }
    expect(decoder.decode(new OpusEncoder().encode(new Float32Array(960))).length).toBe(960);
  });

  it('speaks nothing of a sound file that comes in place of samples, and goes on after it', () => {
    const decoder = new VoiceDecoder({ encoding: 's16le', sampleRateHz: 24000 });
    const voice = tone(24000, 0.2, sine);
    const file = wavFile(voice, 24000);
    expect(() => decoder.decode(file.subarray(0, 3000))).toThrow(
      expect.objectContaining({ code: 'unsupported_audio', message: expect.stringContaining('WAV file') }),
    );
    expect(decoder.decode(file.subarray(3000)).length).toBe(0);
    expect(decoder.flush().length).toBe(0);
    const spoken = decoder.decode(floatToS16le(voice)).length + decoder.flush().length;
    expect(Math.abs(spoken - 9600)).toBeLessThanOrEqual(1);
    const opus = new VoiceDecoder({ encoding: 'opus' });
    expect(() => opus.decode(Buffer.from('OggS and what follows'))).toThrow(/Ogg file/);
    expect(opus.decode(new OpusEncoder().encode(new Float32Array(960))).length).toBe(0);
  });

  it('has nothing left of an utterance after its end, not half a sample', () => {
    const decoder = new VoiceDecoder({ encoding: 's16le', sampleRateHz: 24000 });
    decoder.decode(Buffer.alloc(4001, 99));
    decoder.flush();
    expect(decoder.flush().length).toBe(0);
    const bytes = floatToS16le(tone(24000, 0.2, sine));
    expect(rms(decoder.decode(bytes).subarray(300))).toBeCloseTo(0.5 * Math.SQRT1_2, 1);
  });

  it.each([7999, 48001, 0, Number.NaN, 16000.5])('refuses a rate of %d Hz', (sampleRateHz) => {
    const make = () => new VoiceDecoder({ encoding: 's16le', sampleRateHz });
    expect(make).toThrow(expect.objectContaining({ code: 'unsupported_audio' }));
  });
});
