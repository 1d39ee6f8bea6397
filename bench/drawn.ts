/** Drawn characters in the states that animators draw, one sheet each, to be looked at. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { VultusError } from '../src/errors.ts';
import { BUILTIN_PACK, loadPack } from '../src/model/pack.ts';
import type { Rig } from '../src/render/warp/rig.ts';
import { renderContactSheet } from '../src/render/warp/sheet/contact-sheet.ts';
import { gazePose, type Pose, VISEMES } from '../src/render/warp/sheet/poses.ts';
import { WARP } from '../src/render/warp/warp.ts';
import { picturesIn } from './close-ups/close-ups.ts';
import { galleryPortraits, openRenderer, sharedPortraits } from './fixtures.ts';
import { RESULTS_FOLDER, type Report, type Row } from './report.ts';

const SHUT: Pose = { eyeBlinkLeft: 1, eyeBlinkRight: 1 };
const STATES: readonly [label: string, pose: Pose][] = [
  ['rest', {}],
  ['a', VISEMES.aa],
  ['i', VISEMES.ih],
  ['u', VISEMES.ou],
  ['e', VISEMES.E],
  ['o', VISEMES.oh],
  ['closed', VISEMES.PP],
  ['blink', SHUT],
  ['half', { eyeBlinkLeft: 0.5, eyeBlinkRight: 0.5 }],
  [
    'happy',
    { ...SHUT, mouthSmileLeft: 0.7, mouthSmileRight: 0.7, cheekSquintLeft: 0.6, cheekSquintRight: 0.6 },
  ],
  ['wink', { eyeBlinkLeft: 1, mouthSmileLeft: 0.4 }],
  ['gaze', gazePose(0.8, 0.3)],
  ['turn', { ...VISEMES.aa, headYaw: 0.24, headPitch: -0.09 }],
];

/** Faces large enough to see lines. */
const SHEET = { columns: 7, size: 288, fit: 'head' } as const;

/** `portraits`: a folder of pictures, by default those of ../shared/data/portraits and of the gallery. */
export async function benchDrawn({ portraits }: { portraits?: string | undefined }): Promise<Report> {
  const files = portraits ? picturesIn(portraits) : [...sharedPortraits(), ...galleryPortraits()];
  const folder = join(RESULTS_FOLDER, 'drawn');
  await mkdir(folder, { recursive: true });
  const [analyser, renderer] = await Promise.all([
    loadPack(BUILTIN_PACK).then((pack) => WARP.openAnalyser(pack)),
    openRenderer('cpu'),
  ]);
  const told = { drawn: 0, 'as a person': 0, refused: 0 };
  for (const file of files) {
    try {
      const rig = (await analyser.analyse(await readFile(file))).rig as Rig;
      told[rig.drawn ? 'drawn' : 'as a person']++;
      if (!rig.drawn) continue;
      const sheet = await renderContactSheet(renderer, rig, { poses: STATES, ...SHEET });
      await writeFile(join(folder, `${basename(file).replace(/\.\w+$/, '')}.png`), sheet);
    } catch (cause) {
      if (!(cause instanceof VultusError)) throw cause;
      told.refused++;
    }
  }
  await Promise.all([analyser.close(), renderer.close()]);
  const rows: Row[] = Object.entries(told).map(([what, value]) => ({ measure: `pictures, ${what}`, value }));
  return { name: `Drawn characters (C), a sheet each in ${folder}`, rows };
}
