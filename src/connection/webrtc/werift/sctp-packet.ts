/** SCTP packets (RFC 9260 §3) as far as they have to be understood before werift may see them. */
import { crc32c } from './crc32c.ts';

const COMMON_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 4;
const CHECKSUM_AT = 8;
const NO_CHECKSUM = new Uint8Array(4);

export const CHUNK = Object.freeze({
  data: 0,
  init: 1,
  initAck: 2,
  sack: 3,
  heartbeat: 4,
  heartbeatAck: 5,
  abort: 6,
  shutdown: 7,
  shutdownAck: 8,
  error: 9,
  cookieEcho: 10,
  cookieAck: 11,
  shutdownComplete: 14,
  reconfig: 130,
  forwardTsn: 192,
});

/** Bytes that have to be in the body of a chunk at least, and whether parameters (§3.2.1) follow them. */
const BODIES: Readonly<Record<number, { least: number; parameters?: true }>> = Object.freeze({
  [CHUNK.data]: { least: 13 },
  [CHUNK.init]: { least: 16, parameters: true },
  [CHUNK.initAck]: { least: 16, parameters: true },
  [CHUNK.sack]: { least: 12 },
  [CHUNK.heartbeat]: { least: 0, parameters: true },
  [CHUNK.heartbeatAck]: { least: 0, parameters: true },
  [CHUNK.abort]: { least: 0, parameters: true },
  [CHUNK.shutdown]: { least: 4 },
  [CHUNK.shutdownAck]: { least: 0 },
  [CHUNK.error]: { least: 0, parameters: true },
  [CHUNK.cookieEcho]: { least: 4 },
  [CHUNK.cookieAck]: { least: 0 },
  [CHUNK.shutdownComplete]: { least: 0 },
  [CHUNK.reconfig]: { least: 0, parameters: true },
  [CHUNK.forwardTsn]: { least: 4 },
});

/** Bytes that a re-configuration parameter has at least (RFC 6525 §4): the types that werift reads. */
const RECONFIG_PARAMETERS: Readonly<Record<number, number>> = Object.freeze({ 13: 12, 16: 8, 17: 8 });

export interface SctpChunk {
  type: number;
  body: Buffer;
  /** With its header and padding, as it came. */
  bytes: Buffer;
}

/**
 * The chunks of a packet that may be processed, in their order; those of an unknown type are left out as §3.2 has
 * it. Undefined where the packet is to be dropped as a whole: checksum, lengths or bodies are wrong.
 */
export function readChunks(packet: Buffer): SctpChunk[] | undefined {
  if (packet.length < COMMON_HEADER_BYTES || packet.readUInt32LE(CHECKSUM_AT) !== checksum(packet)) {
    return undefined;
  }
  const chunks: SctpChunk[] = [];
  for (let at = COMMON_HEADER_BYTES; at < packet.length; ) {
    if (at + CHUNK_HEADER_BYTES > packet.length) return undefined;
    const type = packet[at];
    const length = packet.readUInt16BE(at + 2);
    if (length < CHUNK_HEADER_BYTES || at + length > packet.length) return undefined;
    const next = at + length + padding(length);
    const body = packet.subarray(at + CHUNK_HEADER_BYTES, at + length);
    const kind = BODIES[type];
    if (kind) {
      const whole =
        body.length >= kind.least && (!kind.parameters || hasWholeParameters(body, kind.least, type));
      if (!whole) return undefined;
      chunks.push({ type, body, bytes: packet.subarray(at, next) });
    } else if (!skipsUnknown(type)) {
      return chunks;
    }
    at = next;
  }
  return chunks;
}

/** The same packet with these chunks only: itself, where they are all of it. */
export function withChunks(packet: Buffer, chunks: readonly SctpChunk[]): Buffer {
  const kept = chunks.reduce((bytes, chunk) => bytes + chunk.bytes.length, COMMON_HEADER_BYTES);
  if (kept === packet.length) return packet;
  const result = Buffer.concat([
    packet.subarray(0, COMMON_HEADER_BYTES),
    ...chunks.map(({ bytes }) => bytes),
  ]);
  result.writeUInt32LE(checksum(result), CHECKSUM_AT);
  return result;
}

function checksum(packet: Buffer): number {
  return crc32c(packet.subarray(0, CHECKSUM_AT), NO_CHECKSUM, packet.subarray(COMMON_HEADER_BYTES));
}

/** The highest bits of an unknown type say whether what follows it may be processed (§3.2). */
function skipsUnknown(type: number): boolean {
  return (type & 0x80) !== 0;
}

function hasWholeParameters(body: Buffer, from: number, chunkType: number): boolean {
  for (let at = from; at < body.length; ) {
    if (at + 4 > body.length) return false;
    const length = body.readUInt16BE(at + 2);
    if (length < 4 || at + length > body.length) return false;
    const least = chunkType === CHUNK.reconfig ? RECONFIG_PARAMETERS[body.readUInt16BE(at)] : undefined;
    if (least !== undefined && length - 4 < least) return false;
    at += length + padding(length);
  }
  return true;
}

function padding(length: number): number {
  return -length & 3;
}
