import { BUILTIN_PACK, loadPack } from '../../../src/model/pack.ts';
import { GraphLoader } from '../../../src/model/providers.ts';
import { WarpAnalyser } from '../../../src/render/warp/analyse/analyse-portrait.ts';
import type { Rig } from '../../../src/render/warp/rig.ts';
import { WarpRenderer } from '../../../src/render/warp/warp-renderer.ts';

/** The built-in renderer as processors draw with it. */
export async function openWarp(): Promise<WarpRenderer> {
  const pack = await loadPack(BUILTIN_PACK);
  return WarpRenderer.open(pack, await GraphLoader.choose('cpu', pack.graphFiles.render));
}

/** And with the pack's graph, which ONNX Runtime's processor code runs too. */
export async function openWarpWithGraph(): Promise<WarpRenderer> {
  const pack = await loadPack(BUILTIN_PACK);
  const loader = await GraphLoader.choose('cpu', pack.graphFiles.render);
  return WarpRenderer.open(pack, { drawsPictures: true, open: loader.open.bind(loader) });
}

/** The rig of a portrait file. */
export async function warpRig(portrait: Uint8Array): Promise<Rig> {
  const analyser = await WarpAnalyser.open(await loadPack(BUILTIN_PACK));
  try {
    return (await analyser.analyse(portrait)).rig as Rig;
  } finally {
    await analyser.close();
  }
}
