/** Draws one motion frame of one avatar as an I420 picture. Meant for a worker thread: inference blocks. */
import { dirname, join } from 'node:path';
import type { Backdrop } from '../../contract/backdrop.ts';
import { isPictureSize, type PictureFormat } from '../../contract/formats.ts';
import { VultusError } from '../../errors.ts';
import { SIDES } from '../../face/topology.ts';
import type { I420 } from '../../image/i420.ts';
import type { GraphLoader, GraphTraits } from '../../model/providers.ts';
import { drawEye } from './eyes/eyes.ts';
import { expressFace } from './head/face-motion.ts';
import { MESH_TRIANGLES } from './head/head-mesh.ts';
import { headPose } from './head/head-pose.ts';
import { type MouthAtlas, readMouthAtlas } from './mouth/mouth-atlas.ts';
import { drawMouth } from './mouth/mouth-interior.ts';
import { drawOwnMouth } from './mouth/own-mouth.ts';
import { RenderGraph } from './pixels/render-graph.ts';
import { makeScene, type Scene } from './pixels/scene.ts';
import { type PreparedRig, prepareRig } from './prepared-rig.ts';
import type { Rig } from './rig.ts';

export type { PreparedRig } from './prepared-rig.ts';

/** The parts of a model pack and of its loader that the renderer needs. */
export interface RendererOptions {
  pack: { graphFiles: { render: string }; manifest?: { graphs: { render: GraphTraits } } };
  /** Opens the graph on the execution provider of the engine. */
  loader: Pick<GraphLoader, 'open' | 'provider'>;
  /** Draws with the graph of the pack; only on TensorRT, if absent: ONNX Runtime has no GridSample for CUDA. */
  useGraph?: boolean;
}

/** What may change from picture to picture beside the motion. */
export interface RenderSettings {
  /** From `Renderer.scene`; what the rig was prepared with, if absent. */
  scene?: Scene;
  /** How far the chest is raised, 0..1 (see breathing.ts); 0, if absent. */
  breath?: number;
}

export class Renderer {
  /** Absent where the processor draws. */
  readonly #graph: RenderGraph | undefined;
  readonly #atlas: MouthAtlas;

  private constructor(graph: RenderGraph | undefined, atlas: MouthAtlas) {
    this.#graph = graph;
    this.#atlas = atlas;
  }

  /** @throws VultusError `pack_invalid` when the graph or the mouth atlas beside it cannot be opened */
  static async create({
    pack,
    loader,
    useGraph = loader.provider === 'tensorrt',
  }: RendererOptions): Promise<Renderer> {
    const file = pack.graphFiles.render;
    const atlas = await readMouthAtlas(join(dirname(file), 'mouth-atlas.png'));
    try {
      const session = useGraph ? await loader.open(file, pack.manifest?.graphs.render) : undefined;
      return new Renderer(session && new RenderGraph(session), atlas);
    } catch (cause) {
      throw new VultusError('pack_invalid', 'the render graph cannot be opened', { cause });
    }
  }

  /**
   * `backdrop`: the portrait's own, if absent.
   * @throws VultusError `invalid_request` for what is no format
   */
  prepare(rig: Rig, { width, height, fit }: PictureFormat, backdrop?: Backdrop): PreparedRig {
    if (!isPictureSize(width, height)) {
      throw new VultusError('invalid_request', `no pictures of ${width}×${height} are made`);
    }
    if (width !== height || fit !== 'portrait') {
      throw new VultusError('invalid_request', `${width}×${height}, ${fit}, is not drawn yet`);
    }
    return prepareRig(rig, width, { atlas: this.#atlas, graph: this.#graph, backdrop });
  }

  /** Another backdrop for a prepared rig, to be given to `render`; costs some milliseconds, once. */
  scene({ rig, size, planes }: PreparedRig, backdrop: Backdrop): Scene {
    return makeScene(rig, size, planes, backdrop);
  }

  /**
   * `frame`: `Float32Array [58]`; `picture`: square, of the prepared size, and twice as high where the scene's
   * backdrop is `matte`.
   */
  async render(
    prepared: PreparedRig,
    frame: Float32Array,
    picture: I420,
    { scene = prepared.scene, breath = 0 }: RenderSettings = {},
  ): Promise<void> {
    const { size } = prepared;
    const height = scene.stack ? 2 * size : size;
    if (picture.width !== size || picture.height !== height) {
      throw new VultusError(
        'invalid_request',
        `picture is ${picture.width}×${picture.height}, not ${size}×${height}`,
      );
    }
    if (!scene.stack) return this.#draw(prepared, frame, { scene, breath }, picture);
    await this.#draw(prepared, frame, { scene, breath }, scene.stack.picture);
    scene.stack.writeTo(picture);
  }

  async #draw(
    prepared: PreparedRig,
    frame: Float32Array,
    { scene, breath }: Required<RenderSettings>,
    picture: I420,
  ): Promise<void> {
    const { rig, mesh, map, pixels } = prepared;
    const expressed = expressFace(rig, frame);
    const pose = headPose(rig, frame);
    mesh.pose(expressed, pose, breath);
    map.draw(mesh.posed, mesh.source, MESH_TRIANGLES);
    await pixels.draw(scene, picture);
    for (const side of SIDES) drawEye(picture, rig, side, prepared.eyes[side], frame, mesh.posed, pose);
    drawMouth(picture, rig, prepared.mouth, frame, mesh.posed, pose);
    const { ownTeeth } = prepared.mouth;
    if (ownTeeth) drawOwnMouth(picture, rig, ownTeeth, mesh.posed, pose);
  }

  /** Whether pictures of one size whose `render` is called without a pause between are drawn in one run. */
  get drawsTogether(): boolean {
    return this.#graph !== undefined;
  }

  /** So that no session is the first to wait for kernels or TensorRT engines. */
  async warmUp(): Promise<void> {
    await this.#graph?.warmUp();
  }

  async close(): Promise<void> {
    await this.#graph?.release();
  }
}
