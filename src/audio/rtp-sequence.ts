/** From `from` to `to` in the 16-bit sequence numbers of RTP (RFC 3550), −32768..32767: above 0 where `to` is newer. */
export function sequenceDistance(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}
