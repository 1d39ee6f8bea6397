import { dePacketizeRtpPackets, type RtpPacket } from 'werift';
import { sequenceDistance } from '../../audio/rtp-sequence.ts';
import { VideoDecoder } from '../../media/video-decoder.ts';
import type { SeenPicture } from '../endpoint.ts';

/** So many packets behind one that is missing, it is not waited for any longer. */
const MOST_BEHIND = 100;
const KEY_FRAME_INTERVAL_MS = 500;

/** H.264 from RTP (RFC 6184) to pictures, in order; what was sent again may come late. */
export class ReceivedPictures {
  readonly #decoder = new VideoDecoder('h264');
  readonly #waiting = new Map<number, RtpPacket>();
  /** Of the picture that is coming. */
  #parts: RtpPacket[] = [];
  #next: number | undefined;
  /** Its beginning is missing. */
  #isTorn = false;
  /** Nothing can be shown before the next key frame. */
  #isLost = true;
  #askedMs = Number.NEGATIVE_INFINITY;

  /** @returns those that are complete with this packet */
  take(packet: RtpPacket): SeenPicture[] {
    const { sequenceNumber } = packet.header;
    this.#next ??= sequenceNumber;
    if (sequenceDistance(this.#next, sequenceNumber) >= 0) this.#waiting.set(sequenceNumber, packet);
    if (this.#waiting.size > MOST_BEHIND) this.#giveUp();
    const pictures: SeenPicture[] = [];
    for (;;) {
      const part = this.#waiting.get(this.#next);
      if (!part) return pictures;
      this.#waiting.delete(this.#next);
      this.#next = (this.#next + 1) & 0xffff;
      this.#parts.push(part);
      if (!part.header.marker) continue;
      const picture = this.#isTorn ? undefined : this.#decode(this.#parts);
      this.#isTorn = false;
      this.#parts = [];
      if (picture) pictures.push(picture);
    }
  }

  /** Whether to ask for one now. */
  wantsKeyFrame(nowMs: number): boolean {
    if (!this.#isLost || nowMs - this.#askedMs < KEY_FRAME_INTERVAL_MS) return false;
    this.#askedMs = nowMs;
    return true;
  }

  close(): void {
    this.#decoder.close();
  }

  #giveUp(): void {
    this.#isLost = true;
    this.#isTorn = true;
    this.#parts = [];
    this.#next = [...this.#waiting.keys()].reduce((a, b) => (sequenceDistance(a, b) < 0 ? b : a));
  }

  #decode(parts: RtpPacket[]): SeenPicture | undefined {
    // Padding, which probes the network.
    const filled = parts.filter(({ payload }) => payload.length > 0);
    if (filled.length === 0) return undefined;
    const { data, isKeyframe } = dePacketizeRtpPackets('MPEG4/ISO/AVC', filled);
    if (this.#isLost && !isKeyframe) return undefined;
    this.#isLost = false;
    return this.#decoder.decode(data);
  }
}
