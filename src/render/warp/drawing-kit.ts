/**
 * The drawing kit: all that draws one avatar, as bytes that browsers open. The rig goes as it is, so that what is drawn
 * there has the server's pixels. Plain MessagePack, with extensions for arrays of numbers.
 */
import { decode, ExtensionCodec, encode } from '@msgpack/msgpack';
import { type Backdrop, KEEP } from '../../contract/backdrop.ts';
import type { PictureFormat } from '../../contract/formats.ts';
import { VultusError } from '../../errors.ts';
import { atOnce } from '../../in-pieces.ts';
import { type AtlasPicture, mouthAtlas } from './mouth/mouth-atlas.ts';
import { isWholeRig, RIG_VERSION, type Rig } from './rig.ts';
import { WarpAvatar } from './warp-avatar.ts';

interface DrawingKit {
  /** Raised with what is in here; that of the code which opens it has to be the same. */
  version: number;
  rig: Rig;
  atlas: AtlasPicture;
}

/** By the number of their extension; bytes are binary as they stand. */
const ARRAYS = [
  ...[Float32Array, Float64Array, Int8Array, Uint8ClampedArray],
  ...[Int16Array, Uint16Array, Int32Array, Uint32Array],
] as const;
const codec = new ExtensionCodec();
for (const [type, Numbers] of ARRAYS.entries()) {
  codec.register({
    type,
    encode: (value) =>
      value instanceof Numbers ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null,
    // Of its own: within the message it would begin anywhere.
    decode: (data) => new Numbers(data.slice().buffer),
  });
}

export function packDrawingKit(rig: Rig, atlas: AtlasPicture): Uint8Array {
  const kit: DrawingKit = { version: RIG_VERSION, rig, atlas };
  return encode(kit, { extensionCodec: codec, ignoreUndefined: true });
}

/** @throws VultusError `internal` for what is no kit of this version */
export function openDrawingKit(bytes: Uint8Array): KitRenderer {
  let kit: DrawingKit;
  try {
    kit = decode(bytes, { extensionCodec: codec }) as DrawingKit;
  } catch (cause) {
    throw new VultusError('internal', 'the drawing kit is damaged', { cause });
  }
  if (kit?.version !== RIG_VERSION || !isWholeRig(kit.rig) || !kit.atlas)
    throw new VultusError('internal', `the drawing kit is not of version ${RIG_VERSION}`);
  return new KitRenderer(kit);
}

/** Draws one avatar on the processor; the same as `WarpRenderer`, without a model pack. */
export class KitRenderer {
  readonly #kit: DrawingKit;

  constructor(kit: DrawingKit) {
    this.#kit = kit;
  }

  /** @throws VultusError `invalid_request` for a format that it cannot draw */
  prepare(format: PictureFormat, backdrop: Backdrop = KEEP): WarpAvatar {
    const { rig, atlas } = this.#kit;
    return atOnce(WarpAvatar.make(rig, format, backdrop, { atlas: mouthAtlas(atlas) }));
  }
}
