/** What a peer can send, described so that it means the same on every connection: numbers count from its own. */
import fc from 'fast-check';

export type PeerPacket =
  | { layer: 'sctp'; tag: boolean; checksum: boolean; chunks: Chunk[] }
  | { layer: 'sctp bytes' | 'rtcp bytes' | 'datagram'; bytes: Uint8Array }
  | { layer: 'rtcp'; packets: RtcpPacket[] }
  | { layer: 'rtp'; payloadType: number; sequence: number; time: number; source: number; bytes: Uint8Array }
  | { layer: 'dtls'; type: number; epoch: number; encrypted: boolean; bytes: Uint8Array }
  | { layer: 'stun'; type: number; signed: boolean; attributes: { type: number; bytes: Uint8Array }[] }
  | { layer: 'message'; protocol: number; stream: number; bytes: Uint8Array };

export interface Chunk {
  type: number;
  flags: number;
  /** By which the length in its header is not that of its bytes. */
  lengthBy: number;
  /** A number that the body begins with, counted from the one that would be next; none where undefined. */
  number?: number;
  bytes: Uint8Array;
}

export interface RtcpPacket {
  type: number;
  format: number;
  lengthBy: number;
  /** Begins with the SSRC of the peer and that of the pictures. */
  sources: boolean;
  bytes: Uint8Array;
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const small = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: -8, max: 8 }) },
  { weight: 1, arbitrary: fc.integer({ min: -0x8000, max: 0x8000 }) },
);
const mostly = fc.oneof(
  { weight: 9, arbitrary: fc.constant(true) },
  { weight: 1, arbitrary: fc.constant(false) },
);

const KNOWN_CHUNKS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 130, 192];
/** DATA (RFC 9260 §3.3.1) with any payload, and opening messages of data channels (RFC 8832). */
const data = fc.record({
  type: fc.constant(0),
  flags: fc.constantFrom(3, 3, 3, 7, 0, 1, 2, 4),
  lengthBy: fc.constant(0),
  number: fc.oneof(fc.nat(6), fc.integer({ min: -70_000, max: 70_000 })),
  bytes: fc
    .tuple(
      fc.constantFrom(0, 1, 2, 63, 64, 65_535),
      fc.nat(3),
      fc.constantFrom(50, 51, 53, 56, 57, 0, 4711),
      fc.oneof(
        bytes(60),
        fc
          .tuple(fc.constantFrom(2, 3), fc.nat(255), bytes(30))
          .map(([a, b, rest]) => Uint8Array.from([a, b, ...rest])),
      ),
    )
    .map(([stream, order, protocol, payload]) => {
      const header = new DataView(new ArrayBuffer(8));
      header.setUint16(0, stream);
      header.setUint16(2, order);
      header.setUint32(4, protocol);
      return Uint8Array.from([...new Uint8Array(header.buffer), ...payload]);
    }),
});
/** SACK (§3.3.4) with gap blocks and duplicates as many as it says, or not. */
const sack = fc.record({
  type: fc.constant(3),
  flags: fc.constant(0),
  lengthBy: small,
  number: fc.integer({ min: -3, max: 70_000 }),
  bytes: fc.tuple(fc.nat(0xffff), fc.nat(300), fc.nat(20), bytes(1100)).map(([window, gaps, twice, rest]) => {
    const header = new DataView(new ArrayBuffer(8));
    header.setUint32(0, window);
    header.setUint16(4, gaps);
    header.setUint16(6, twice);
    return Uint8Array.from([...new Uint8Array(header.buffer), ...rest]);
  }),
});
const anyChunk = fc.record({
  type: fc.oneof(fc.constantFrom(...KNOWN_CHUNKS), fc.nat(255)),
  flags: fc.nat(7),
  lengthBy: small,
  number: fc.option(fc.integer({ min: -10, max: 100_000 }), { nil: undefined }),
  bytes: bytes(120),
});
/** RE-CONFIG (RFC 6525 §3.1) with parameters whose numbers follow those that were. */
const reconfig = fc.record({
  type: fc.constantFrom(130, 192, 9, 4),
  flags: fc.constant(0),
  lengthBy: fc.constant(0),
  bytes: fc
    .array(fc.tuple(fc.constantFrom(13, 14, 15, 16, 17, 18), small, bytes(40)), { maxLength: 4 })
    .map((parameters) =>
      Uint8Array.from(
        parameters.flatMap(([type, by, body]) => {
          const length = Math.max(0, Math.min(0xffff, body.length + 4 + by));
          return [0, type, length >> 8, length & 0xff, ...body, ...new Uint8Array(-body.length & 3)];
        }),
      ),
    ),
});

const sctp = fc.record({
  layer: fc.constant('sctp' as const),
  tag: mostly,
  checksum: mostly,
  chunks: fc.array(fc.oneof(data, data, sack, anyChunk, reconfig), { minLength: 1, maxLength: 6 }),
});

const rtcp = fc.record({
  layer: fc.constant('rtcp' as const),
  packets: fc.array(
    fc.record({
      type: fc.oneof(fc.integer({ min: 200, max: 207 }), fc.integer({ min: 192, max: 223 })),
      format: fc.oneof(fc.constantFrom(0, 1, 4, 15), fc.nat(31)),
      lengthBy: small,
      sources: mostly,
      bytes: bytes(200),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

const rtp = fc.record({
  layer: fc.constant('rtp' as const),
  payloadType: fc.oneof(fc.constantFrom(111, 63, 96), fc.nat(127)),
  sequence: fc.oneof(fc.nat(40), fc.nat(0xffff)),
  time: fc.oneof(
    fc.nat(40).map((i) => i * 960),
    fc.nat(0xffff_ffff),
  ),
  /** 0: that of the microphone. */
  source: fc.oneof(fc.constant(0), fc.nat(0xffff_ffff)),
  bytes: bytes(300),
});

const dtls = fc.record({
  layer: fc.constant('dtls' as const),
  type: fc.oneof(fc.constantFrom(20, 21, 22, 23, 24, 25), fc.nat(255)),
  epoch: fc.constantFrom(0, 1, 1, 2, 0xffff),
  encrypted: fc.boolean(),
  bytes: fc.oneof(
    bytes(200),
    // A part of a handshake message (RFC 6347 §4.2.2).
    fc
      .tuple(fc.constantFrom(0, 1, 2, 3, 4, 11, 12, 13, 14, 15, 16, 20), fc.nat(300), fc.nat(5), bytes(200))
      .map(([type, length, sequence, body]) =>
        Uint8Array.from([
          type,
          ...[0, length >> 8, length & 0xff, 0, sequence, 0, 0, 0, 0, body.length >> 8, body.length & 0xff],
          ...body,
        ]),
      ),
  ),
});

const stun = fc.record({
  layer: fc.constant('stun' as const),
  type: fc.oneof(fc.constantFrom(0x0001, 0x0011, 0x0101, 0x0111), fc.nat(0x3fff)),
  signed: mostly,
  attributes: fc.array(
    fc.record({
      type: fc.oneof(
        fc.constantFrom(1, 6, 9, 10, 0x20, 0x24, 0x25, 0x8028, 0x8029, 0x802a, 0x8022),
        fc.nat(0xffff),
      ),
      bytes: fc.oneof(bytes(4), bytes(8), bytes(40)),
    }),
    { maxLength: 5 },
  ),
});

const message = fc.record({
  layer: fc.constant('message' as const),
  protocol: fc.constantFrom(50, 51, 53, 53, 53, 56, 57),
  stream: fc.constantFrom(0, 1, 2),
  bytes: bytes(200),
});

const raw = fc.record({
  layer: fc.constantFrom('sctp bytes' as const, 'rtcp bytes' as const, 'datagram' as const),
  bytes: bytes(1200),
});

/** What a peer sends at a stretch. */
export const peerPackets: fc.Arbitrary<PeerPacket[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: sctp },
    { weight: 3, arbitrary: rtcp },
    { weight: 2, arbitrary: rtp },
    { weight: 2, arbitrary: dtls },
    { weight: 2, arbitrary: stun },
    { weight: 2, arbitrary: message },
    { weight: 1, arbitrary: raw },
  ),
  { minLength: 1, maxLength: 25 },
);
