import { AV_CODEC_ID_MOV_TEXT, AVMEDIA_TYPE_SUBTITLE } from 'node-av/constants';
import { type FormatContext, Packet, Rational, type Stream } from 'node-av/lib';
import type { Cue } from './webvtt.ts';

/** Milliseconds. */
const TIME_BASE = [1, 1000] as const;

/** A track of timed text (3GPP TS 26.245, `tx3g`), of which the container writes what lies between two samples. */
export function addTextTrack(container: FormatContext): Stream {
  const stream = container.newStream();
  const [numerator, denominator] = TIME_BASE;
  stream.timeBase = new Rational(numerator, denominator);
  stream.codecpar.codecType = AVMEDIA_TYPE_SUBTITLE;
  stream.codecpar.codecId = AV_CODEC_ID_MOV_TEXT;
  return stream;
}

/** One sample of it: the length of the text in two bytes, and the text in UTF-8 (§5.17). */
export function textSample({ text, startMs, endMs }: Cue, stream: Stream): Packet {
  const packet = new Packet();
  packet.alloc();
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  packet.data = Buffer.concat([length, bytes]);
  packet.streamIndex = stream.index;
  packet.pts = BigInt(Math.round(startMs));
  packet.dts = packet.pts;
  packet.duration = BigInt(Math.max(1, Math.round(endMs) - Math.round(startMs)));
  packet.rescaleTs(new Rational(...TIME_BASE), stream.timeBase);
  return packet;
}
