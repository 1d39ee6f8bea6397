import { galleryRig } from './fixtures.ts';
import { measureTalk } from './lip-sync.ts';
import { openMotionModel } from './live-motion.ts';
import { headAudio } from './peers/head-audio.ts';
import { hasPhoneRecogniser } from './peers/phone-recogniser.ts';
import { wawaLipsync } from './peers/wawa-lipsync.ts';
import type { Report, Row } from './report.ts';
import { loudnessJaw, recognisedPhones, type Talker, vultus } from './talkers.ts';

/** QUALITY A.1, A.2 and A.4 for other ways of making a mouth move, beside ours, by the same measures. */
export async function benchPeers(): Promise<Report> {
  const model = await openMotionModel();
  const rig = await galleryRig();
  const talkers: Talker[] = [vultus(model), headAudio, wawaLipsync, loudnessJaw];
  const skipped = new Set<string>();
  if (await hasPhoneRecogniser()) talkers.push(recognisedPhones);
  else skipped.add('recognised phones: pocketsphinx and its en-us model are not installed');
  let columns: Row[][];
  try {
    // At once: the recogniser is a process of its own.
    const measured = await Promise.all(talkers.map((talker) => measureTalk(talker, rig, { anyLag: true })));
    for (const line of measured.flatMap((talk) => talk.skipped)) skipped.add(line);
    columns = measured.map(({ rows }, i) =>
      rows.map((row) => ({ ...row, measure: `${row.measure}: ${talkers[i].name}` })),
    );
  } finally {
    await model.close();
  }
  // Measure by measure, one talker under the other.
  const rows = columns[0].flatMap((_, i) => columns.map((column) => column[i]));
  return { name: 'A. Lip sync beside other ways', rows, skipped: [...skipped] };
}
