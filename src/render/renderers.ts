/** The table of renderers, and the lookups in it. */
import { VultusError } from '../errors.ts';
import type { ModelPack } from '../model/pack.ts';
import type { RendererKind, Rig } from './renderer.ts';
import { WARP } from './warp/warp.ts';

export const RENDERERS: readonly RendererKind[] = Object.freeze([WARP]);

/**
 * The renderer that a pack is for.
 * @throws VultusError `pack_invalid` where there is none of that name
 */
export function rendererOf({ manifest }: Pick<ModelPack, 'manifest'>): RendererKind {
  const kind = RENDERERS.find(({ name }) => name === manifest.renderer);
  if (kind) return kind;
  const names = RENDERERS.map(({ name }) => `"${name}"`).join(', ');
  throw new VultusError('pack_invalid', `pack.json, renderer: is "${manifest.renderer}", known are ${names}`);
}

/** See `RendererKind.landmarksAt`. */
export function landmarksAt(rig: Rig, motion: Float32Array): Float32Array {
  const kind = RENDERERS.find(({ name }) => name === rig.renderer);
  if (!kind) throw new VultusError('internal', `a rig of the renderer "${rig.renderer}"`);
  return kind.landmarksAt(rig, motion);
}
