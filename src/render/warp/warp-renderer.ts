/** Opens what drawing needs of a pack, and makes rigs ready for it. Meant for a thread of its own: inference blocks. */
import { type Backdrop, KEEP } from '../../contract/backdrop.ts';
import type { PictureFormat } from '../../contract/formats.ts';
import { VultusError } from '../../errors.ts';
import { atOnce, type InPieces } from '../../in-pieces.ts';
import type { ModelPack } from '../../model/pack.ts';
import type { GraphLoader } from '../../model/providers.ts';
import type { Rig as AnyRig, Renderer } from '../renderer.ts';
import type { MouthAtlas } from './mouth/mouth-atlas.ts';
import { readMouthAtlas } from './mouth/read-mouth-atlas.ts';
import { GraphPixelPass } from './pixels/graph-pixel-pass.ts';
import { RenderGraph } from './pixels/render-graph.ts';
import type { DrawingParts } from './prepared-rig.ts';
import { RENDERER_NAME, type Rig } from './rig.ts';
import { WarpAvatar } from './warp-avatar.ts';

export class WarpRenderer implements Renderer {
  /** Absent where the processor draws. */
  readonly #graph: RenderGraph | undefined;
  readonly #parts: DrawingParts;

  private constructor(graph: RenderGraph | undefined, atlas: MouthAtlas) {
    this.#graph = graph;
    this.#parts = {
      atlas,
      ...(graph && {
        pixelPass: (framing, person, map) =>
          RenderGraph.suits(framing, person) ? new GraphPixelPass(graph, person, map) : undefined,
      }),
    };
  }

  /** @throws VultusError `pack_invalid` when the graph or the mouth atlas cannot be opened */
  static async open(
    pack: ModelPack,
    loader: Pick<GraphLoader, 'open' | 'drawsPictures'>,
  ): Promise<WarpRenderer> {
    const atlas = await readMouthAtlas(pack.files.mouthAtlas);
    if (!loader.drawsPictures) return new WarpRenderer(undefined, atlas);
    try {
      const session = await loader.open(pack.graphFiles.render, pack.manifest.graphs.render);
      return new WarpRenderer(new RenderGraph(session), atlas);
    } catch (cause) {
      throw new VultusError('pack_invalid', 'the render graph cannot be opened', { cause });
    }
  }

  prepare(rig: AnyRig, format: PictureFormat, backdrop?: Backdrop): WarpAvatar {
    return atOnce(this.preparing(rig, format, backdrop));
  }

  *preparing(rig: AnyRig, format: PictureFormat, backdrop: Backdrop = KEEP): InPieces<WarpAvatar> {
    if (rig.renderer !== RENDERER_NAME) {
      throw new VultusError('internal', `a rig of the renderer "${rig.renderer}"`);
    }
    return yield* WarpAvatar.make(rig as Rig, format, backdrop, this.#parts);
  }

  async warmUp(): Promise<void> {
    await this.#graph?.warmUp();
  }

  async close(): Promise<void> {
    await this.#graph?.release();
  }
}
