/**
 * The motion of a live session, faster than the clock: voice comes in packets of 20 ms, each once it has been
 * captured, on a clock that this turns, and the session's own code does the rest: queue, state, blocks, release.
 */

import { type AvatarState, type Controls, NEUTRAL_CONTROLS } from '../src/contract/controls.ts';
import { squareFormat } from '../src/contract/formats.ts';
import { MOTION_FRAME_MS } from '../src/contract/motion-frame.ts';
import { MOTION, streamOf } from '../src/contract/outputs.ts';
import { DEFAULT_SETTINGS, type SessionSettings } from '../src/contract/session-settings.ts';
import { LiveSession } from '../src/engine/process/live-session.ts';
import { MotionModel } from '../src/model/motion-model.ts';
import { BUILTIN_PACK, loadPack, type PackManifest } from '../src/model/pack.ts';
import { GraphLoader } from '../src/model/providers.ts';

const PACKET_MS = 20;
const PACKET_SAMPLES = 960;
const STEP_MS = 5;

export interface LiveMotion {
  /** Motion frames at 25 per second, `Float32Array[58]`; frame n shows the voice of n·40 ms … (n + 1)·40 ms. */
  frames: Float32Array[];
  /** When each of them left, on the clock on which the voice came in. */
  shownMs: number[];
  /** Frames at which the session went into another state. */
  states: { frame: number; state: AvatarState }[];
}

export interface LiveOptions {
  seed?: number;
  controls?: Controls;
  latency?: SessionSettings['latency'];
  /** Called before each step of the clock, for instance to change controls in mid-stream. */
  direct?: (session: LiveSession, nowMs: number) => void;
}

/** @param blocks motion frames per run; those of the pack without it */
export async function openMotionModel(blocks?: number[], folder = BUILTIN_PACK): Promise<MotionModel> {
  const pack = await loadPack(folder);
  const loader = await GraphLoader.choose('auto', pack.graphFiles.motion);
  const manifest = blocks ? withBlocks(pack.manifest, blocks) : pack.manifest;
  return MotionModel.open({ ...pack, manifest }, loader);
}

/** As if the pack had no other block sizes, with what it says of these. */
export function withBlocks(manifest: PackManifest, blocks: number[]): PackManifest {
  const { gazePitch, blinkFactor } = manifest.motion;
  const rows = (table: number[][] | undefined) =>
    table && blocks.map((block) => table[manifest.blocks.indexOf(block)]);
  const motion = { ...manifest.motion, gazePitch: rows(gazePitch), blinkFactor: rows(blinkFactor) };
  return { ...manifest, blocks, motion };
}

/** @param voice mono at 48 kHz; as many frames come back as it lasts */
export async function liveMotion(
  model: MotionModel,
  voice: Float32Array,
  { seed = 1, controls = NEUTRAL_CONTROLS, latency = DEFAULT_SETTINGS.latency, direct }: LiveOptions = {},
): Promise<LiveMotion> {
  const result: LiveMotion = { frames: [], shownMs: [], states: [] };
  let nowMs = 0;
  const session = new LiveSession({
    // For pictures only, and nobody takes those here.
    avatar: { drawsTogether: false, format: squareFormat(256) } as never,
    model,
    provider: 'cpu',
    settings: { ...DEFAULT_SETTINGS, avatarId: 'bench', fps: 25, ...squareFormat(256), seed, latency },
    controls,
    now: () => nowMs,
    emit: (event) => {
      if (event.name === 'packet' && event.value.kind === 'motion') {
        const index = Math.round((event.value.mediaTimeMs - session.clock.startMs(0)) / MOTION_FRAME_MS);
        // Those before the voice began.
        if (index < 0) return;
        if (index !== result.frames.length) throw new Error(`motion frame ${index} came out of order`);
        result.frames.push(event.value.frame);
        result.shownMs.push(nowMs);
      } else if (event.name === 'state') {
        result.states.push({ frame: result.frames.length, state: event.value });
      } else if (event.name === 'warning') {
        throw new Error(event.value.message);
      }
    },
  });
  session.setStreams([streamOf(MOTION)]);
  const frames = Math.floor(voice.length / (MOTION_FRAME_MS * 48));
  let pushed = 0;
  try {
    for (; result.frames.length < frames; nowMs += STEP_MS) {
      if (nowMs > 0 && nowMs % PACKET_MS === 0 && pushed < voice.length) {
        session.pushVoice(1, voice.subarray(pushed, pushed + PACKET_SAMPLES), { live: true });
        pushed += PACKET_SAMPLES;
      }
      direct?.(session, nowMs);
      for (let job = session.step(); job; job = session.step()) {
        await job.run();
        if (result.frames.length >= frames) break;
      }
    }
  } finally {
    session.close();
  }
  return result;
}
