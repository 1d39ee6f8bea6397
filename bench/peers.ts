import { galleryRig } from './fixtures.ts';
import { measureTalk } from './lip-sync.ts';
import { openMotionModel } from './live-motion.ts';
import { hasPhoneRecogniser } from './phone-recogniser.ts';
import type { Report, Row } from './report.ts';
import { loudnessJaw, recognisedPhones, type Talker, vultus } from './talkers.ts';

/** QUALITY A.1, A.2 and A.4 for simpler ways of making a mouth move, beside ours, by the same measures. */
export async function benchPeers(): Promise<Report> {
  const model = await openMotionModel();
  const rig = await galleryRig();
  const talkers: Talker[] = [vultus(model), loudnessJaw];
  const skipped = new Set<string>();
  if (await hasPhoneRecogniser()) talkers.push(recognisedPhones);
  else skipped.add('recognised phones: pocketsphinx and its en-us model are not installed');
  const columns: Row[][] = [];
  try {
    for (const talker of talkers) {
      const measured = await measureTalk(talker, rig);
      columns.push(measured.rows.map((row) => ({ ...row, measure: `${row.measure}: ${talker.name}` })));
      for (const line of measured.skipped) skipped.add(line);
    }
  } finally {
    await model.close();
  }
  // Measure by measure, one talker under the other.
  const rows = columns[0].flatMap((_, i) => columns.map((column) => column[i]));
  return { name: 'A. Lip sync beside simpler ways', rows, skipped: [...skipped] };
}
