/**
 * The few rules for calling FFmpeg through node-av: its log stays quiet, every return code is looked at, and
 * what fails carries a code of ours.
 */

import { AV_LOG_ERROR, AVERROR_EAGAIN, AVERROR_EOF } from 'node-av/constants';
import {
  type CodecContext,
  FFmpegError,
  type FormatContext,
  Log,
  type Packet,
  type SoftwareResampleContext,
} from 'node-av/lib';
import type { ErrorCode } from '../contract/error-codes.ts';
import { VultusError } from '../errors.ts';

Log.setLevel(AV_LOG_ERROR);

export type OptionTable = Readonly<Record<string, string | number>>;

/** Throws `code` when an FFmpeg call failed; returns its (non-negative) result otherwise. */
export function check(result: number, doing: string, code: ErrorCode = 'encoder_failed'): number {
  if (result < 0) throw new VultusError(code, `${doing}: ${FFmpegError.strerror(result)}`);
  return result;
}

/**
 * Sets options one by one: a Dictionary handed to `open2` corrupts memory in node-av 6.1, and an option that
 * is misspelt must not pass unseen.
 */
export function setOptions(
  target: CodecContext | FormatContext | SoftwareResampleContext,
  options: OptionTable,
): void {
  for (const [name, value] of Object.entries(options)) {
    check(target.setOption(name, value), `set ${name} to ${value}`);
  }
}

/** Whether a receive or read call has no more to give now; throws `code` on a real failure. */
export function drained(result: number, doing: string, code: ErrorCode = 'encoder_failed'): boolean {
  if (result === AVERROR_EAGAIN || result === AVERROR_EOF) return true;
  check(result, doing, code);
  return false;
}

/** A copy of the payload: the packet's own memory goes back to FFmpeg when it is unreferenced. */
export function copyPayload(packet: Packet): Uint8Array {
  return new Uint8Array(packet.data ?? []);
}
