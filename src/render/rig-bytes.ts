/** Rigs as bytes, to be stored. */
import { Packr } from 'msgpackr';
import { VultusError } from '../errors.ts';
import type { Rig } from './renderer.ts';
import { RENDERERS } from './renderers.ts';

/** Plain MessagePack would turn typed arrays into lists of bytes. */
const packr = new Packr({ moreTypes: true, useRecords: false });

/** Bytes that `parseRig` reads back. */
export function serializeRig(rig: Rig): Uint8Array {
  return packr.pack(rig);
}

/**
 * @param key what the rig has to be made with, from `rigKey`
 * @throws VultusError `internal` when the bytes are no whole rig of that key (a damaged or outdated file)
 */
export function parseRig(bytes: Uint8Array, key: string): Rig {
  let rig: Rig;
  try {
    rig = packr.unpack(bytes) as Rig;
  } catch (cause) {
    throw new VultusError('internal', 'the stored rig is damaged', { cause });
  }
  const kind = RENDERERS.find(({ name }) => name === rig?.renderer);
  if (!kind || rig.key !== key || !kind.isWhole(rig)) {
    throw new VultusError('internal', `the stored rig is damaged, or not of "${key}"`);
  }
  return rig;
}
