import type { AudioFormat } from '../contract/formats.ts';
import { VultusClientError } from './client-error.ts';

/** Voice as a caller has it; what else is meant than s16le is bytes. */
export type VoiceData = Float32Array | Int16Array | Uint8Array;

export interface VoiceFormats {
  audio?: AudioFormat;
  microphoneAudio?: AudioFormat;
}

/** Mono samples −1..1 as s16le; what is louder is clipped. */
export function toS16le(samples: Float32Array): Uint8Array {
  const out = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    out[i] = Math.round(Math.max(-1, Math.min(1, samples[i])) * 32767);
  }
  return new Uint8Array(out.buffer);
}

/**
 * Voice in any of the accepted forms as bytes for the wire: for s16le float32 −1..1, int16, or bytes that are s16le
 * already; for other encodings bytes. (Typed arrays are little-endian on every platform that browsers and Node run on.)
 * @throws VultusClientError `invalid_audio` for half a sample, and for samples where bytes of another encoding are due
 */
export function voiceBytes(voice: VoiceData, encoding: AudioFormat['encoding']): Uint8Array {
  if (encoding !== 's16le') {
    if (voice instanceof Uint8Array) return voice;
    throw new VultusClientError('invalid_audio', `This connection announced ${encoding}: give its bytes.`);
  }
  if (voice instanceof Float32Array) return toS16le(voice);
  const bytes = new Uint8Array(voice.buffer, voice.byteOffset, voice.byteLength);
  if (bytes.length % 2 !== 0) {
    throw new VultusClientError('invalid_audio', 's16le voice has two bytes per sample.');
  }
  return bytes;
}
