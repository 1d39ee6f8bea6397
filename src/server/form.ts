import { VultusError } from '../errors.ts';

const MOST_PARTS = 32;

/** Texts and files of a form (RFC 7578), by name. */
export type Form = Record<string, string | Buffer>;

/**
 * Reads a form that lies in memory as a whole.
 * @param type of the content, with the boundary
 * @throws VultusError `invalid_request`
 */
export async function readForm(body: Buffer, type: string): Promise<Form> {
  const boundary = /boundary="?([^";]{1,70})/i.exec(type)?.[1];
  if (!boundary) throw new VultusError('invalid_request', 'a form without a boundary');
  // What it costs to read grows with its parts.
  let parts = 0;
  for (let at = body.indexOf(`--${boundary}`); at >= 0 && parts <= MOST_PARTS; parts++)
    at = body.indexOf(`--${boundary}`, at + 1);
  if (parts > MOST_PARTS) throw new VultusError('invalid_request', `a form of more than ${MOST_PARTS} parts`);
  const form: Form = {};
  try {
    const read = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    for (const [name, value] of read)
      form[name] = typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer());
  } catch (cause) {
    throw new VultusError('invalid_request', 'the form cannot be read', { cause });
  }
  return form;
}
