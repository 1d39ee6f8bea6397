import type { VideoCodec } from '../contract/formats.ts';

/** A picture of each as the server makes it (RFC 6381). */
const CODECS: readonly (readonly [VideoCodec, string])[] = [
  ['h264', 'avc1.42001f'],
  ['vp8', 'vp8'],
  ['vp9', 'vp09.00.50.08'],
  ['av1', 'av01.0.12M.08'],
];

/** What this browser decodes, what costs the server least first; undefined where there is no WebCodecs to ask. */
export async function decodableCodecs(): Promise<VideoCodec[] | undefined> {
  if (typeof VideoDecoder === 'undefined') return undefined;
  const answers = await Promise.all(
    CODECS.map(async ([name, codec]) => {
      const answer = await VideoDecoder.isConfigSupported({ codec }).catch(() => ({ supported: false }));
      return answer.supported ? [name] : [];
    }),
  );
  return answers.flat();
}
