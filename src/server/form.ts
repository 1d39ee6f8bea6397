import { VultusError } from '../errors.ts';

const MOST_PARTS = 32;
const MOST_HEADER_BYTES = 2000;

/** Texts and files of a form (RFC 7578), by name. */
export type Form = Record<string, string | Buffer>;

/**
 * Reads a form that lies in memory as a whole. What it costs grows with its bytes alone, and by little: parts, and the
 * headers of each, are few.
 * @param type of the content, with the boundary
 * @throws VultusError `invalid_request`
 */
export function readForm(body: Buffer, type: string): Form {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;,"]{1,70}))\s*(?:;|$)/i.exec(type) ?? [];
  const boundary = quoted ?? plain;
  if (!boundary) throw new VultusError('invalid_request', 'a form without a boundary');
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const fields: [string, string | Buffer][] = [];
  const first = delimiter.subarray(2);
  let at = body.subarray(0, first.length).equals(first) ? first.length : after(body, delimiter, 0);
  while (body.toString('latin1', at, at + 2) !== '--') {
    if (fields.length === MOST_PARTS)
      throw new VultusError('invalid_request', `a form of more than ${MOST_PARTS} parts`);
    const head = body.toString('utf8', at, at + MOST_HEADER_BYTES);
    const [headers] = head.split('\r\n\r\n', 1);
    const from = at + Buffer.byteLength(headers) + 4;
    at = after(body, delimiter, from);
    const content = body.subarray(from, at - delimiter.length);
    const { name, isFile } = readHeaders(headers, head);
    fields.push([name, isFile ? content : content.toString()]);
  }
  return Object.fromEntries(fields);
}

/** Where that which follows the next delimiter begins. */
function after(body: Buffer, delimiter: Buffer, from: number): number {
  const at = body.indexOf(delimiter, from);
  if (at < 0) throw new VultusError('invalid_request', 'the form cannot be read');
  return at + delimiter.length;
}

/** `head`: the headers, and what follows where they have an end. */
function readHeaders(headers: string, head: string): { name: string; isFile: boolean } {
  const disposition = /\r\ncontent-disposition:\s*form-data\s*(;[^\r\n]*)/i.exec(headers)?.[1] ?? '';
  const name = /;\s*name="([^"]+)"/i.exec(disposition)?.[1];
  if (name === undefined || headers.length === head.length)
    throw new VultusError('invalid_request', 'the form cannot be read');
  return { name, isFile: /;\s*filename\*?=/i.test(disposition) };
}
