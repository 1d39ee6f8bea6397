import { squareFormat } from '../src/contract/formats.ts';
import { createI420 } from '../src/image/i420.ts';
import { atOnce } from '../src/in-pieces.ts';
import type { PreparedAvatar } from '../src/render/renderer.ts';
import { expressFace } from '../src/render/warp/head/face-motion.ts';
import { frameHead } from '../src/render/warp/head/framing.ts';
import { HeadMesh } from '../src/render/warp/head/head-mesh.ts';
import { headPose } from '../src/render/warp/head/head-pose.ts';
import { MESH_TRIANGLES } from '../src/render/warp/head/mesh-topology.ts';
import { personTexture } from '../src/render/warp/pixels/person-texture.ts';
import { SourceMap } from '../src/render/warp/pixels/rasterise-map.ts';
import type { Rig } from '../src/render/warp/rig.ts';
import { poseFrame, VISEMES } from '../src/render/warp/sheet/poses.ts';
import { galleryRig, openRenderer } from './fixtures.ts';
import { atMost, type Report, type Row } from './report.ts';

const FRAMES = 120;
/** Pictures until V8 has compiled what is drawn with: after ten of them a picture still takes twice its time. */
const WARM_UP_FRAMES = 200;
/** Whole render of a 512×512 frame on one CPU thread. */
const BAR_MS = 10;

/** A talking, turning, blinking head: every layer has work to do. */
export function talkingFrame(i: number): Float32Array {
  const names = Object.keys(VISEMES);
  return poseFrame({
    ...VISEMES[names[Math.floor(i / 4) % names.length]],
    headYaw: 0.2 * Math.sin(i / 9),
    headPitch: 0.1 * Math.sin(i / 13),
    eyeBlinkLeft: Math.max(0, Math.sin(i / 5)),
    eyeBlinkRight: Math.max(0, Math.sin(i / 5)),
    eyeLookOutLeft: 0.4,
    eyeLookInRight: 0.4,
  });
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

/** Milliseconds per frame and stage, one CPU thread; medians, since other programs share the machine. */
export async function benchRender(): Promise<Report> {
  const renderer = await openRenderer('cpu');
  const rig = await galleryRig();
  const rows: Row[] = [];
  for (const size of [256, 512, 768, 1024]) {
    const started = performance.now();
    const avatar = renderer.prepare(rig, squareFormat(size));
    const prepareMs = performance.now() - started;
    const whole = await timeWhole(avatar);
    const label = `${size}×${size}`;
    rows.push(
      size === 512
        ? atMost(`${label} whole render`, whole.wallMs, BAR_MS, 'ms')
        : { measure: `${label} whole render`, value: whole.wallMs, unit: 'ms' },
      { measure: `${label} processor time`, value: whole.cpuMs, unit: 'ms' },
      { measure: `${label} of it geometry`, value: timeGeometry(rig as Rig, size), unit: 'ms' },
      { measure: `${label} prepare once`, value: prepareMs, unit: 'ms' },
    );
  }
  await renderer.close();
  return { name: 'Render', rows };
}

async function timeWhole(avatar: PreparedAvatar) {
  const picture = createI420(avatar.format.width, avatar.format.height);
  for (let i = 0; i < WARM_UP_FRAMES; i++) await avatar.draw(talkingFrame(i), picture);
  const times: number[] = [];
  const cpu = process.cpuUsage();
  for (let i = 0; i < FRAMES; i++) {
    const start = performance.now();
    await avatar.draw(talkingFrame(i), picture);
    times.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: median(times), cpuMs: (user + system) / 1000 / FRAMES };
}

/** Of the built-in renderer: moving the mesh, and drawing it into the map. */
function timeGeometry(rig: Rig, size: number): number {
  const framing = frameHead(rig, squareFormat(size));
  const mesh = new HeadMesh(rig, framing);
  const map = new SourceMap(framing, atOnce(personTexture(rig, framing)));
  const times: number[] = [];
  for (let i = 0; i < FRAMES; i++) {
    const frame = talkingFrame(i);
    const start = performance.now();
    mesh.pose(expressFace(rig, frame), headPose(rig, frame, framing));
    map.draw(mesh.posed, mesh.source, MESH_TRIANGLES);
    times.push(performance.now() - start);
  }
  return median(times);
}
