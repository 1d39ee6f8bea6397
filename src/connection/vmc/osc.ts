/** Open Sound Control 1.0 (opensoundcontrol.org/spec-1_0): the messages of a datagram. */

export type OscArgument = number | bigint | string | boolean | null | Uint8Array;

export interface OscMessage {
  address: string;
  values: OscArgument[];
}

const BUNDLE = '#bundle';
/** Bundles may lie in bundles; nobody goes deeper than two. */
const MAX_DEPTH = 4;
/** Of one datagram: a face has 52 coefficients, a body 55 bones. */
const MAX_MESSAGES = 1000;
const MAX_VALUES = 32;
const UTF8 = new TextDecoder();

/** @throws RangeError, TypeError for what is no OSC, or more of it than a face needs */
export function readOsc(data: Uint8Array): OscMessage[] {
  const messages: OscMessage[] = [];
  readElement(new OscReader(data), messages, 0);
  return messages;
}

function readElement(reader: OscReader, messages: OscMessage[], depth: number): void {
  const address = reader.string();
  if (address !== BUNDLE) {
    if (!address.startsWith('/') || messages.length >= MAX_MESSAGES) throw new TypeError('no OSC message');
    messages.push({ address, values: readValues(reader) });
    return;
  }
  if (depth >= MAX_DEPTH) throw new RangeError('too deep');
  // A time that is meant for sounds: faces are shown as they come.
  reader.bytes(8);
  while (!reader.done) readElement(new OscReader(reader.bytes(reader.int32())), messages, depth + 1);
}

function readValues(reader: OscReader): OscArgument[] {
  if (reader.done) return [];
  const types = reader.string();
  if (!types.startsWith(',') || types.length > MAX_VALUES + 1) throw new TypeError('no OSC type tags');
  return Array.from(types.slice(1), (type) => readValue(reader, type));
}

function readValue(reader: OscReader, type: string): OscArgument {
  switch (type) {
    case 'i':
      return reader.int32();
    case 'f':
      return reader.float32();
    case 'd':
      return reader.float64();
    case 'h':
      return reader.int64();
    case 's':
      return reader.string();
    case 'b':
      return reader.blob();
    case 'T':
      return true;
    case 'F':
      return false;
    case 'N':
      return null;
    default:
      throw new TypeError(`unknown OSC type ${type}`);
  }
}

class OscReader {
  readonly #data: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  get done(): boolean {
    return this.#at >= this.#data.length;
  }

  int32(): number {
    return this.#view.getInt32(this.#skip(4));
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#skip(8));
  }

  float32(): number {
    return this.#view.getFloat32(this.#skip(4));
  }

  float64(): number {
    return this.#view.getFloat64(this.#skip(8));
  }

  /** Ends with a zero, and with more of them where its length is no multiple of four. */
  string(): string {
    const end = this.#data.indexOf(0, this.#at);
    if (end < 0) throw new RangeError('no end of a string');
    const text = UTF8.decode(this.#data.subarray(this.#at, end));
    this.#skip(4 * Math.ceil((end + 1 - this.#at) / 4));
    return text;
  }

  blob(): Uint8Array {
    const size = this.int32();
    const bytes = this.bytes(size);
    this.#skip((4 - (size % 4)) % 4);
    return bytes;
  }

  bytes(size: number): Uint8Array {
    const from = this.#skip(size);
    return this.#data.subarray(from, from + size);
  }

  /** @returns where it was */
  #skip(size: number): number {
    const from = this.#at;
    if (size < 0 || from + size > this.#data.length) throw new RangeError('beyond the end');
    this.#at = from + size;
    return from;
  }
}
