import { VultusClientError } from './client-error.ts';

/** Mono samples −1..1 as s16le; what is louder is clipped. */
export function toS16le(samples: Float32Array): Uint8Array {
  const out = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    out[i] = Math.round(Math.max(-1, Math.min(1, samples[i])) * 32767);
  }
  return new Uint8Array(out.buffer);
}

/**
 * Voice in any of the accepted forms as bytes for the wire: float32 −1..1, int16, or bytes that are s16le
 * already. (Typed arrays are little-endian on every platform that browsers and Node run on.)
 * @throws VultusClientError `invalid_audio` for half a sample
 */
export function voiceBytes(voice: Float32Array | Int16Array | Uint8Array): Uint8Array {
  if (voice instanceof Float32Array) return toS16le(voice);
  const bytes = new Uint8Array(voice.buffer, voice.byteOffset, voice.byteLength);
  if (bytes.length % 2 !== 0) {
    throw new VultusClientError('invalid_audio', 's16le voice has two bytes per sample.');
  }
  return bytes;
}
