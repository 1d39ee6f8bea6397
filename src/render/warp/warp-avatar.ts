/** Draws one avatar in one format, as I420 pictures. */
import { type Backdrop, stackedHeight } from '../../contract/backdrop.ts';
import type { PictureFormat } from '../../contract/formats.ts';
import { isPictureSize } from '../../contract/picture-size.ts';
import { VultusError } from '../../errors.ts';
import { SIDES } from '../../face/topology.ts';
import type { I420 } from '../../image/i420.ts';
import { atOnce, type InPieces } from '../../in-pieces.ts';
import type { Moment, PreparedAvatar } from '../renderer.ts';
import { breathAt } from './breathing.ts';
import { drawEye } from './eyes/eyes.ts';
import { expressFace } from './head/face-motion.ts';
import { type HeadPose, headPose } from './head/head-pose.ts';
import { larynxRise } from './head/larynx.ts';
import { MESH_TRIANGLES } from './head/mesh-topology.ts';
import { drawMouth } from './mouth/mouth-interior.ts';
import { drawOwnMouth } from './mouth/own-mouth.ts';
import { makeScene, type Scene } from './pixels/scene.ts';
import { type DrawingParts, type PreparedRig, prepareRig } from './prepared-rig.ts';
import type { Rig } from './rig.ts';

export class WarpAvatar implements PreparedAvatar {
  readonly format: PictureFormat;
  readonly rig: Rig;
  readonly #parts: DrawingParts;
  readonly #prepared: PreparedRig;
  #backdrop: Backdrop;
  /** Of the backdrop; made when it is first drawn. */
  #scene: Scene | undefined;

  private constructor(
    format: PictureFormat,
    backdrop: Backdrop,
    parts: DrawingParts,
    made: { prepared: PreparedRig; scene: Scene },
  ) {
    const { width, height, fit } = format;
    this.format = { width, height, fit };
    this.rig = made.prepared.rig;
    this.#parts = parts;
    this.#prepared = made.prepared;
    this.#backdrop = backdrop;
    this.#scene = made.scene;
  }

  static *make(
    rig: Rig,
    format: PictureFormat,
    backdrop: Backdrop,
    parts: DrawingParts,
  ): InPieces<WarpAvatar> {
    const { width, height } = format;
    if (!isPictureSize(width, height)) {
      throw new VultusError('invalid_request', `no pictures of ${width}×${height} are made`);
    }
    const prepared = yield* prepareRig(rig, format, parts);
    yield;
    const scene = yield* makeScene(rig, prepared.person, prepared.framing, backdrop);
    return new WarpAvatar(format, backdrop, parts, { prepared, scene });
  }

  get drawsTogether(): boolean {
    return this.#parts.pixelPass !== undefined;
  }

  /** Landmarks and mesh as they were drawn last, `[vertices·3]` in view fractions from the picture's corner. */
  get posed(): Float32Array {
    return this.#prepared.mesh.posed;
  }

  setBackdrop(backdrop: Backdrop): void {
    this.#backdrop = backdrop;
    this.#scene = undefined;
  }

  inFormat(format: PictureFormat): WarpAvatar {
    return atOnce(WarpAvatar.make(this.rig, format, this.#backdrop, this.#parts));
  }

  draw(motion: Float32Array, picture: I420, moment?: Moment): Promise<void> {
    const breath = moment ? breathAt(moment.mediaTimeMs, moment.seed) : 0;
    return this.drawBreathing(motion, picture, breath, moment);
  }

  /** `breath`: how far the chest is raised, 0..1; without a moment nothing lags behind the head. */
  async drawBreathing(motion: Float32Array, picture: I420, breath: number, moment?: Moment): Promise<void> {
    const { width, height } = this.format;
    const stacked = stackedHeight(height, this.#backdrop);
    if (picture.width !== width || picture.height !== stacked) {
      const shape = `${picture.width}×${picture.height}`;
      throw new VultusError('invalid_request', `picture is ${shape}, not ${width}×${stacked}`);
    }
    this.#scene ??= this.#makeScene();
    const { stack } = this.#scene;
    const { mesh, framing, sway } = this.#prepared;
    const pose = headPose(this.rig, motion, framing);
    mesh.pose(this.#expressed(motion), pose, breath, larynxRise(motion));
    if (moment) sway?.bend(mesh.posed, pose, moment);
    await this.#draw(motion, this.#scene, pose, stack ? stack.picture : picture);
    stack?.writeTo(picture);
  }

  #makeScene(): Scene {
    const { person, framing } = this.#prepared;
    return atOnce(makeScene(this.rig, person, framing, this.#backdrop));
  }

  #expressed(motion: Float32Array): Float32Array {
    const { drawn, blend } = this.#prepared;
    return drawn ? drawn.express(motion) : expressFace(this.rig, motion, blend);
  }

  async #draw(motion: Float32Array, scene: Scene, pose: HeadPose, picture: I420): Promise<void> {
    const { mesh, map, drawn, pixels, folds, eyes, mouth } = this.#prepared;
    const { rig } = this;
    map.draw(mesh.posed, mesh.source, MESH_TRIANGLES);
    await pixels.draw(scene, picture);
    if (drawn) {
      drawn.draw(picture, motion, pose);
      return;
    }
    for (const side of SIDES) drawEye(picture, rig, side, eyes[side], motion, mesh.posed, pose);
    folds.draw(picture, motion, mesh.posed);
    drawMouth(picture, rig, mouth, motion, mesh.posed, pose);
    const { ownTeeth } = mouth;
    if (ownTeeth) drawOwnMouth(picture, rig, ownTeeth, mesh.posed, pose);
  }
}
