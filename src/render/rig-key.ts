import { createHash } from 'node:crypto';
import type { ModelPack } from '../model/pack.ts';
import type { RendererKind } from './renderer.ts';

/**
 * What a rig is made with, but for the portrait: the renderer and the version of its rigs, the pack and what of it
 * analysis reads. Two rigs of one portrait with the same key are the same.
 */
export function rigKey(
  { name, rigVersion, analysisFiles }: Pick<RendererKind, 'name' | 'rigVersion' | 'analysisFiles'>,
  { manifest }: Pick<ModelPack, 'manifest'>,
): string {
  const files = createHash('sha256');
  for (const file of analysisFiles) files.update(manifest.files[file].sha256);
  return `${name} ${rigVersion}, ${manifest.name}@${manifest.version} ${files.digest('hex').slice(0, 16)}`;
}
