import fc from 'fast-check';

/** Bytes at which formats begin to count otherwise. */
const EDGES = [0x00, 0x01, 0x7f, 0x80, 0xc1, 0xdc, 0xde, 0xfe, 0xff];

type Bytes = Uint8Array<ArrayBuffer>;
type Edit = (bytes: Bytes) => Bytes;

/** Where in a file, as a share of its length; half of them in its first bytes, where the headers are. */
const place = fc.oneof(
  fc
    .double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
    .map((share) => (length: number) => Math.floor(share * length)),
  fc.nat(127).map((at) => (length: number) => Math.min(at, Math.max(0, length - 1))),
);
const some = fc.uint8Array({ minLength: 1, maxLength: 8 });

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(
    ([at, bit]): Edit =>
      (bytes) => {
        if (bytes.length > 0) bytes[at(bytes.length)] ^= 1 << bit;
        return bytes;
      },
  ),
  fc.tuple(place, fc.constantFrom(...EDGES), fc.integer({ min: 1, max: 8 })).map(
    ([at, value, count]): Edit =>
      (bytes) => {
        const from = at(bytes.length);
        return bytes.fill(value, from, from + count);
      },
  ),
  fc.tuple(place, some).map(
    ([at, fresh]): Edit =>
      (bytes) => {
        const from = at(bytes.length);
        bytes.set(fresh.subarray(0, bytes.length - from), from);
        return bytes;
      },
  ),
  fc.tuple(place, some).map(
    ([at, fresh]): Edit =>
      (bytes) =>
        splice(bytes, at(bytes.length), 0, fresh),
  ),
  fc.tuple(place, fc.nat(200)).map(
    ([at, count]): Edit =>
      (bytes) =>
        splice(bytes, at(bytes.length), count),
  ),
  fc.tuple(place, place, fc.nat(200)).map(
    ([from, to, count]): Edit =>
      (bytes) => {
        const piece = bytes.slice(from(bytes.length), from(bytes.length) + count);
        return splice(bytes, to(bytes.length), 0, piece);
      },
  ),
  place.map(
    (at): Edit =>
      (bytes) =>
        bytes.slice(0, at(bytes.length)),
  ),
);

function splice(bytes: Bytes, at: number, removed: number, inserted = new Uint8Array(0)): Bytes {
  return Uint8Array.from(Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]));
}

/** One of these, whole or with up to eight faults: bits turned over, bytes at their edges, pieces cut out, doubled. */
export function damaged(...valid: readonly Uint8Array[]): fc.Arbitrary<Bytes> {
  return fc
    .tuple(fc.constantFrom(...valid), fc.array(edit, { maxLength: 8 }))
    .map(([bytes, edits]) => edits.reduce<Bytes>((result, one) => one(result), new Uint8Array(bytes)));
}

/** The same with text: characters are bytes (Latin-1), and whole lines go, come twice, or come from another one. */
export function damagedText(...valid: readonly string[]): fc.Arbitrary<string> {
  const all = valid.flatMap((text) => text.split(/(?<=\n)/));
  const lineEdit = fc.tuple(fc.nat(400), fc.nat(2), fc.constantFrom(...all)).map(
    ([at, removed, line]) =>
      (lines: string[]) =>
        lines.toSpliced(at % (lines.length + 1), removed, ...(removed === 1 ? [] : [line])),
  );
  const text = fc
    .tuple(fc.constantFrom(...valid), fc.array(lineEdit, { maxLength: 4 }))
    .map(([one, edits]) => edits.reduce((lines, change) => change(lines), one.split(/(?<=\n)/)).join(''));
  const asBytes = fc
    .tuple(text, fc.array(edit, { maxLength: 4 }))
    .map(([one, edits]) =>
      edits.reduce<Bytes>((bytes, change) => change(bytes), new Uint8Array(Buffer.from(one, 'latin1'))),
    );
  return asBytes.map((bytes) => Buffer.from(bytes).toString('latin1'));
}
