import type { AudioFormat } from '../contract/formats.ts';
import { VultusClientError } from './client-error.ts';

/** Voice as a caller has it; an `ArrayBuffer` is bytes, as is what else is meant than s16le. */
export type VoiceData = Float32Array | Int16Array | Uint8Array | ArrayBuffer;

const FORMS: readonly string[] = ['Float32Array', 'Int16Array', 'Uint8Array', 'ArrayBuffer'];

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
 * @throws VultusClientError `invalid_audio` for half a sample, for samples where bytes of another encoding are due, and for
 * whatever is no voice (an array of numbers, text in base64)
 */
export function voiceBytes(voice: VoiceData, encoding: AudioFormat['encoding']): Uint8Array {
  const form = formOf(voice);
  if (encoding !== 's16le' && form !== 'Uint8Array' && form !== 'ArrayBuffer') {
    throw new VultusClientError('invalid_audio', `This connection announced ${encoding}: give its bytes.`);
  }
  if (form === 'Float32Array') return toS16le(voice as Float32Array);
  if (!FORMS.includes(form)) {
    const wanted = 'a Float32Array, an Int16Array, or bytes of s16le in a Uint8Array or an ArrayBuffer';
    throw new VultusClientError('invalid_audio', `Voice is ${wanted}; this is of the kind ${form}.`);
  }
  const bytes = ArrayBuffer.isView(voice)
    ? new Uint8Array(voice.buffer, voice.byteOffset, voice.byteLength)
    : new Uint8Array(voice);
  if (encoding !== 's16le') return bytes;
  if (bytes.length % 2 !== 0) {
    throw new VultusClientError('invalid_audio', 's16le voice has two bytes per sample.');
  }
  return bytes;
}

/** By its name: what comes of another realm (an iframe) is no instance of this one's classes. */
function formOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
