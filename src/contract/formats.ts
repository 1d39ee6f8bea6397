/** Formats of what goes in and comes out: encodings of voice, codecs of pictures. */
export const VIDEO_CODECS = ['h264', 'vp8', 'vp9', 'av1'] as const;
export type VideoCodec = (typeof VIDEO_CODECS)[number];

/** Where nobody says what can be shown. */
export const USUAL_CODEC: VideoCodec = 'h264';

/** What a session may be asked for; `auto`: for each connection what it can show, H.264 first, which costs least. */
export const CODEC_CHOICES = ['auto', ...VIDEO_CODECS] as const;
export type CodecChoice = (typeof CODEC_CHOICES)[number];

/** Voice in signed samples of 16 bits, little-endian, mono. `sampleRateHz`: 8000..48000. */
export interface PcmFormat {
  encoding: 's16le';
  sampleRateHz: number;
}
/** Of voice that comes in, mono; `pcmu`, `pcma`: µ-law and A-law of telephones (ITU-T G.711). */
export type AudioFormat =
  | PcmFormat
  | { encoding: 'pcmu' | 'pcma'; sampleRateHz: 8000 }
  | { encoding: 'opus' };

/** How much of the person a picture shows: the whole portrait, head and shoulders, or the head alone. */
export const FITS = ['portrait', 'shoulders', 'head'] as const;
export type Fit = (typeof FITS)[number];

export interface PictureFormat {
  /** Pixels, multiples of 16 (1080 is allowed too), 256 or more, up to 1920×1080 and 1080×1920. */
  width: number;
  height: number;
  fit: Fit;
}

/** The whole portrait in a picture of `side` × `side` pixels. */
export function squareFormat(side: number): PictureFormat {
  return { width: side, height: side, fit: 'portrait' };
}
